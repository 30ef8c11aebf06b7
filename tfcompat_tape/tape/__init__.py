"""What users do with a list: tapes, gradients, Jacobians, custom gradients."""
