"""How slices, lookups, scatters and Variables' own may be called, and what bad arguments raise."""

from cases._expressions import ask

ask(
    "x[...]",
    """
    cube[5]
    cube[-3]
    cube[[0,1]]
    cube[(0,1)]
    cube[tf.constant(1)]
    cube[tf.constant([0,1])]
    cube[np.array([0,1])]
    cube[np.int64(1)]
    cube[1.0]
    cube[True]
    cube['a']
    cube[tf.constant(1.0)]
    cube[tf.constant(1,tf.int64)]
    cube[tf.constant(1,tf.uint8)]
    cube[tf.constant(1,tf.int16)]
    cube[np.array(1)]
    cube[0,0,0,0]
    cube[...,...]
    cube[None]
    cube[tf.newaxis,...,0]
    cube[::-1]
    cube[::0]
    cube[5:1]
    cube[1:tf.constant(2)]
    cube[tf.constant(0):tf.constant(1,tf.int64)]
    cube[1:2.0]
    cube[-1:-5:-1]
    cube[np.array([True,False])]
    cube[tf.constant([True,False])]
    cube[[True,False]]
    cube[[[0]]]
    cube[:,tf.constant([True,False,True])]
    cube[:,True]
    cube[False]
    cube[()]
    cube[vcube.shape[0]-1]
    cube[tf.Variable(1)]
    cube[2**40]
    cube[:2**40]
    cube[...,-1:]
    cube[slice(None)]
    cube[::tf.constant(-1)]
    cube[10:]
    cube[None:1]
    tf.constant(3.)[0]
    tf.constant(3.)[...]
    tf.constant(3.)[None]
    hasattr(vcube[0], "assign")
    hasattr(vcube[0,1:], "assign_add")
    hasattr(vcube[tf.constant(0)], "assign")
    hasattr(cube[0],'assign')
    vcube[vcube>3]
    hasattr(vcube[vcube>3],'assign')
    vcube[0]
    vcube.__setitem__(0,1)
    cube.__setitem__(0,1)
    cube[tf.constant([[1]])]
    cube[tf.constant([1])]
    cube[np.array([1])]
    cube[[1]]
    cube[0:tf.constant([1])]
    cube[1j]
    cube[None,None]
    cube[0][0][0]
    cube[object()]
    cube[tf.float32]
    """,
)
ask(
    "v[...].assign",
    """
    after(lambda w: w[0].assign(tf.zeros([3,4])), cube)
    after(lambda w: w[...,None].assign(tf.zeros([2,3,4,1])), cube)
    after(lambda w: w[0,0].assign(tf.ones([5])), cube)
    after(lambda w: w[0,0].assign(1.), cube)
    after(lambda w: w[5].assign(1.), cube)
    after(lambda w: w[0].assign(tf.ones([4])), cube)
    after(lambda w: w[0:1].assign(tf.ones([3,4])), cube)
    after(lambda w: w[:, tf.newaxis].assign(tf.zeros([2,1,3,4])), cube)
    after(lambda w: w[::2,::-1].assign(np.zeros([1,3,4])), cube)
    after(lambda w: w[0].assign(np.zeros([3,4],int)), cube)
    """,
)
ask(
    "Variable",
    """
    after(lambda w:w.scatter_sub(IS(tf.ones([1,3]),c([1]))))
    after(lambda w:w.scatter_add(IS(tf.ones([2,3]),c([1,1]))))
    after(lambda w:w.scatter_add(IS(tf.ones([1,3]),c([5]))))
    after(lambda w:w.scatter_add(IS(tf.ones([1,3]),c([-1]))))
    after(lambda w:w.scatter_add(IS(tf.ones([1,3],tf.int32),c([1]))))
    after(lambda w:w.scatter_add(tf.ones([1,3])))
    after(lambda w:w.scatter_add(IS(tf.ones([]),c([1]))))
    after(lambda w:w.scatter_max(IS(tf.ones([1,3])*2,c([0]))))
    after(lambda w:w.scatter_min(IS(tf.ones([1,3])*2,c([1]))))
    after(lambda w:w.scatter_mul(IS(tf.ones([2,3])*2,c([1,1]))))
    after(lambda w:w.scatter_div(IS(tf.ones([1,3])*2,c([1]))))
    after(lambda w:w.scatter_update(IS(tf.ones([2,3])*c([[2.],[3.]]),c([1,1]))))
    after(lambda w:w.scatter_update(IS(c(7.),c([1,0]))))
    after(lambda w:w.scatter_update(IS(tf.ones([1,3]),c(1))))
    after(lambda w:w.scatter_update(IS(tf.ones([3]),c(1))))
    after(lambda w:w.batch_scatter_update(IS(c([[9.],[8.]]),c([[0],[2]]))))
    after(lambda w:w.batch_scatter_update(IS(c([9.,8.]),c([0,2]))))
    after(lambda w:w.scatter_nd_sub([[0,1],[1,1]],[1.,2.]))
    after(lambda w:w.scatter_nd_add([[0,1],[0,1]],[1.,2.]))
    after(lambda w:w.scatter_nd_add([[0]],[[1.,2.,3.]]))
    after(lambda w:w.scatter_nd_update([[0,1],[1,1]],[1.,2.]))
    after(lambda w:w.scatter_nd_max([[0,1],[1,1]],[10.,2.]))
    after(lambda w:w.scatter_nd_min([[0,1],[1,1]],[10.,2.]))
    v.sparse_read([1])
    v.sparse_read(1)
    v.sparse_read([5])
    v.gather_nd([[0,1]])
    after(lambda w:w[0].assign([5.,6.,7.]))
    after(lambda w:w[9].assign([5.,6.,7.]))
    after(lambda w:w[0].assign([5.,6.]))
    after(lambda w:w[:,1].assign(c([1,2])))
    after(lambda w:w[:,1].assign([1,2]))
    after(lambda w:w[...].assign(tf.zeros([2,3])))
    after(lambda w:w[0].assign(tf.zeros([1,3])))
    after(lambda w:w[0,0].assign(tf.zeros([1])))
    after(lambda w:w[None].assign(tf.zeros([2,3])))
    v.scatter_nd_add([[0,1],[7,1]],[1.,2.])
    """,
)
ask(
    "slice",
    """
    tf.slice(x,[0,1],[2,1])
    tf.slice(x,[0,1],[-1,-1])
    tf.slice(x,[0,1],[2,3])
    tf.slice(x,[0],[2])
    tf.slice(x,[-1,0],[1,1])
    tf.slice(x,[0,3],[1,0])
    tf.slice(x,[0,4],[1,0])
    tf.slice(x,[0,0],[-2,1])
    tf.slice(x,0,1)
    tf.slice(x,[0,0],c([1,1],tf.int64))
    tf.slice(x,[0.,0],[1,1])
    tf.slice(['a','b'],[0],[1])
    """,
)
ask(
    "strided_slice",
    """
    tf.strided_slice(x,[0],[1])
    tf.strided_slice(x,[0,0],[2,3],[1,2])
    tf.strided_slice(x,[0,0],[2,3],[1])
    tf.strided_slice(x,[0],[2,3])
    tf.strided_slice(x,[1],[0],[-1])
    tf.strided_slice(x,[1],[0],[-1],end_mask=1)
    tf.strided_slice(x,[1],[2],shrink_axis_mask=1)
    tf.strided_slice(x,[1],[2],[-1],shrink_axis_mask=1)
    tf.strided_slice(x,[1],[2],[2],shrink_axis_mask=1)
    tf.strided_slice(x,[1,1],[2,2],new_axis_mask=1)
    tf.strided_slice(x,[1,1],[2,2],new_axis_mask=1,shrink_axis_mask=1)
    tf.strided_slice(x,[1,1],[2,2],ellipsis_mask=1)
    tf.strided_slice(x,[1,1,1],[2,2,2],ellipsis_mask=1)
    tf.strided_slice(x,[1,1,1],[2,2,2])
    tf.strided_slice(x,0,1)
    tf.strided_slice(v,[0],[1])
    hasattr(tf.strided_slice(v,[0],[1]),'assign')
    hasattr(tf.strided_slice(v,[0],[1],var=v),'assign')
    tf.strided_slice(x,[0],[1],[0])
    tf.strided_slice(x,[0.],[1.])
    tf.strided_slice(x,[0],[1],ellipsis_mask=2)
    tf.strided_slice(x,[0,0],[1,1],ellipsis_mask=3)
    """,
)
ask(
    "gather",
    """
    tf.gather(x,[1,0])
    tf.gather(x,1)
    tf.gather(x,[2])
    tf.gather(x,[-1])
    tf.gather(x,[0.])
    tf.gather(x,c([0],tf.uint8))
    tf.gather(x,c([0],tf.int16))
    tf.gather(x,c([0],tf.int8))
    tf.gather(x,[[0,1],[1,0]]).shape
    tf.gather(x,[0,2],axis=1)
    tf.gather(x,[0,2],axis=-1)
    tf.gather(x,[0,2],axis=2)
    tf.gather(x,[0,2],axis=-3)
    tf.gather(x,[0,2],axis=1,batch_dims=1)
    tf.gather(x,[[0],[2]],axis=1,batch_dims=1)
    tf.gather(x,[[0],[2]],batch_dims=1)
    tf.gather(x,[[0],[2]],batch_dims=-1)
    tf.gather(x,[0,2],batch_dims=1)
    tf.gather(x,[0,1],batch_dims=2)
    tf.gather(x,[[0],[2]],axis=0,batch_dims=1)
    tf.gather(x,[[0],[3]],axis=1,batch_dims=1)
    tf.gather(x,[[0],[2],[1]],axis=1,batch_dims=1)
    tf.gather(c(1.),0)
    tf.gather(x,[])
    tf.gather(x,c([],tf.int32))
    tf.gather(x,[0],axis=c(1))
    tf.gather(x,[0],axis=1.0)
    tf.gather(x,[0],True)
    tf.gather(['a','b'],[1])
    tf.gather(tf.zeros([0,3]),[0])
    tf.gather(tf.zeros([0,3]),c([],tf.int32))
    tf.gather(v,[5])
    tf.gather(v,[1])
    tf.gather(x,v)
    """,
)
ask(
    "gather_nd",
    """
    tf.gather_nd(x,[[0,1],[1,2]])
    tf.gather_nd(x,[[0],[1]])
    tf.gather_nd(x,[0,1])
    tf.gather_nd(x,[[0,3]])
    tf.gather_nd(x,[[0,-1]])
    tf.gather_nd(x,[[0,1,2]])
    tf.gather_nd(x,0)
    tf.gather_nd(x,[[]])
    tf.gather_nd(x,c([[],[]],tf.int32))
    tf.gather_nd(x,[[0],[2]],batch_dims=1)
    tf.gather_nd(x,[[0],[3]],batch_dims=1)
    tf.gather_nd(x,[[0],[2]],batch_dims=2)
    tf.gather_nd(x,[[0],[2]],batch_dims=-1)
    tf.gather_nd(x,[[0.]])
    tf.gather_nd(x,[[0,3]],bad_indices_policy='IGNORE')
    tf.gather_nd(x,[[0,3]],bad_indices_policy='DEFAULT')
    tf.gather_nd(x,[[0,3]],bad_indices_policy='ERROR')
    tf.gather_nd(x,[[0,3]],bad_indices_policy='x')
    tf.gather_nd(x,c([[0]],tf.int16))
    tf.gather_nd(v,[[0]])
    tf.gather_nd(v,[[0],[2]],batch_dims=1)
    tf.gather_nd(['a','b'],[[1]])
    """,
)
ask(
    "boolean_mask",
    """
    tf.boolean_mask(x,[True,False])
    tf.boolean_mask(x,[[True,False,True],[False,False,True]])
    tf.boolean_mask(x,[True,False,True],axis=1)
    tf.boolean_mask(x,[True,False,True])
    tf.boolean_mask(x,True)
    tf.boolean_mask(x,[1,0])
    tf.boolean_mask(x,[1.,0])
    tf.boolean_mask(x,[True,False,True],axis=-1)
    tf.boolean_mask(x,[True,False,True],axis=2)
    tf.boolean_mask(x,[[[True]]])
    tf.boolean_mask(x,c([True,False]))
    tf.boolean_mask(x,v>2)
    tf.boolean_mask(x,[True,False],axis=c(0))
    tf.boolean_mask([1,2],[True,False])
    tf.boolean_mask(x,[])
    """,
)
ask(
    "where",
    """
    tf.where([True,False])
    tf.where([[1,0],[0,2]])
    tf.where(True)
    tf.where(False)
    tf.where([0.,1.5,float('nan')])
    tf.where([1j,0])
    tf.where(['a',''])
    tf.where([True,False],1.,2.)
    tf.where([True,False],[1,2],[3.,4.])
    tf.where([True,False],[1,2],3.)
    tf.where([True,False],c(1),2.5)
    tf.where([True,False],1,2.5)
    tf.where([True,False],1.5,2)
    tf.where([True,False],x,0.)
    tf.where([[True],[False]],x,0)
    tf.where([1,0],1.,2.)
    tf.where(c([1,0]),x,x)
    tf.where([True,False],x)
    tf.where([True,False],None,x)
    tf.where(True,x,v)
    tf.where([True,False],['a','b'],'c')
    tf.where(tf.zeros([0],tf.bool),1.,2.)
    tf.where([True,False],c(1.),c(2,tf.int32))
    tf.where([True,False],np.float64(1),2.)
    tf.where([True,False],c(1.,tf.float64),2.)
    tf.where(x>2,x,np.zeros([2,3]))
    tf.where([True,False],1+2j,2.)
    tf.where([True,False],True,False)
    tf.where([True,False],True,2)
    """,
)
ask(
    "scatter_nd",
    """
    tf.scatter_nd([[1],[3]],[1.,2.],[5])
    tf.scatter_nd([[1],[1]],[1.,2.],[5])
    tf.scatter_nd([[1],[5]],[1.,2.],[5])
    tf.scatter_nd([[-1]],[1.],[5])
    tf.scatter_nd([[1]],[1.,2.],[5])
    tf.scatter_nd([1],[1.],[5])
    tf.scatter_nd([1],1.,[5])
    tf.scatter_nd(1,1.,[5])
    tf.scatter_nd([[0],[1]],x,[3,3])
    tf.scatter_nd([[0],[1]],x,[3,4])
    tf.scatter_nd([[0],[1]],x,[3])
    tf.scatter_nd([[0,1]],[True],[2,2])
    tf.scatter_nd([[0,1]],['a'],[2,2])
    tf.scatter_nd([[0,1]],[3],c([2,2],tf.int64))
    tf.scatter_nd(c([[0,1]],tf.int64),[3],[2,2])
    tf.scatter_nd([[0.]],[3],[2])
    tf.scatter_nd(c([],tf.int32,[0,1]),c([],tf.float32),[2])
    tf.scatter_nd([[0]],[3],[-1])
    tf.scatter_nd([[0]],[3],[])
    tf.scatter_nd([[0]],[3.],[0])
    tf.scatter_nd([[7]],[3.],[2],bad_indices_policy='IGNORE')
    """,
)
ask(
    "tensor_scatter_nd_add",
    """
    tf.tensor_scatter_nd_add(x,[[0]],[[1.,1.,1.]])
    tf.tensor_scatter_nd_add(x,[[0,0],[0,0]],[1.,2.])
    tf.tensor_scatter_nd_add(x,[[0,3]],[1.])
    tf.tensor_scatter_nd_add(x,[[0,-1]],[1.])
    tf.tensor_scatter_nd_add(x,[[0]],[1.])
    tf.tensor_scatter_nd_add(x,[[0]],1.)
    tf.tensor_scatter_nd_add(x,[[0,0]],[1])
    tf.tensor_scatter_nd_add(x,[[0,0]],c([1]))
    tf.tensor_scatter_nd_add([1,2],[[0]],[1])
    tf.tensor_scatter_nd_add([1,2],[[0]],[1.5])
    tf.tensor_scatter_nd_add(c([True]),[[0]],[False])
    tf.tensor_scatter_nd_add(c(['a']),[[0]],['b'])
    """,
)
ask(
    "tensor_scatter_nd_update",
    """
    tf.tensor_scatter_nd_update(x,[[0,0],[0,0]],[1.,2.])
    tf.tensor_scatter_nd_update(x,[[1]],[[1.,2.,3.]])
    tf.tensor_scatter_nd_update(x,[[0,7]],[1.])
    tf.tensor_scatter_nd_update(['a','b'],[[0]],['c'])
    tf.tensor_scatter_nd_update([True,False],[[1]],[True])
    tf.tensor_scatter_nd_update(x,[1],[1.,2.,3.])
    tf.tensor_scatter_nd_update(x,1,1.)
    tf.tensor_scatter_nd_update(c(1.),[[0]],[1.])
    tf.tensor_scatter_nd_update(v,[[1]],[[1.,2.,3.]])
    """,
)
ask(
    "tensor_scatter_nd_max",
    """
    tf.tensor_scatter_nd_max(x,[[0,0],[0,0],[1,1]],[5.,2.,1.])
    tf.tensor_scatter_nd_max(c([True]),[[0]],[False])
    tf.tensor_scatter_nd_max(c([1j]),[[0]],[2j])
    """,
)
ask(
    "tensor_scatter_nd_min",
    """
    tf.tensor_scatter_nd_min(x,[[0,0],[0,0],[1,1]],[5.,2.,1.])
    """,
)
ask(
    "tensor_scatter_nd_sub",
    """
    tf.tensor_scatter_nd_sub(x,[[0,0],[0,0],[1,1]],[5.,2.,1.])
    """,
)
ask(
    "one_hot",
    """
    tf.one_hot([0,2,-1,3],3)
    tf.one_hot(1,3)
    tf.one_hot([[0,1]],3,axis=0).shape
    tf.one_hot([[0,1]],3,axis=1).shape
    tf.one_hot([[0,1]],3,axis=-1).shape
    tf.one_hot([[0,1]],3,axis=3).shape
    tf.one_hot([[0,1]],3,axis=-2).shape
    tf.one_hot([0,1],3,on_value=5,off_value=2)
    tf.one_hot([0,1],3,on_value=5.0)
    tf.one_hot([0,1],3,on_value=5.0,off_value=1)
    tf.one_hot([0,1],3,on_value=5,off_value=1.5)
    tf.one_hot([0,1],3,on_value=5,dtype=tf.float32)
    tf.one_hot([0,1],3,on_value=5.5,dtype=tf.int32)
    tf.one_hot([0,1],3,on_value=True,off_value=False)
    tf.one_hot([0,1],3,on_value='a',off_value='b')
    tf.one_hot([0,1],3,dtype=tf.int64)
    tf.one_hot([0,1],3,dtype=tf.bool)
    tf.one_hot([0.,1],3)
    tf.one_hot(c([0],tf.uint8),3)
    tf.one_hot(c([0],tf.int8),3)
    tf.one_hot(c([0],tf.int16),3)
    tf.one_hot([0],c(3))
    tf.one_hot([0],0)
    tf.one_hot([0],-1)
    tf.one_hot([0],[3])
    tf.one_hot([0],3.0)
    tf.one_hot([0],3,on_value=[1.])
    tf.one_hot([0,1],3,off_value=2)
    tf.one_hot([0,1],3,off_value=2.)
    """,
)
ask(
    "dynamic_partition",
    """
    tf.dynamic_partition(x,[1,0],2)
    tf.dynamic_partition(x,[1,0],1)
    tf.dynamic_partition(x,[1,-1],2)
    tf.dynamic_partition(x,[1,0,1],2)
    tf.dynamic_partition([1,2,3],[1,1,1],3)
    tf.dynamic_partition(x,[[1,0,1],[0,0,1]],2)
    tf.dynamic_partition(c(1.),0,2)
    tf.dynamic_partition(x,[1,0],0)
    tf.dynamic_partition(x,c([1,0],tf.int64),2)
    tf.dynamic_partition(c(['a','b']),[0,1],2)
    """,
)
ask(
    "dynamic_stitch",
    """
    tf.dynamic_stitch([[0,2],[1]],[[1,2],[3]])
    tf.dynamic_stitch([0,[1,2]],[x[0],x])
    tf.dynamic_stitch([[0,0]],[[1,2]])
    tf.dynamic_stitch([[0,3]],[[1,2]])
    tf.dynamic_stitch([[0,-1]],[[1,2]])
    tf.dynamic_stitch([[0],[1]],[[1.],[2]])
    tf.dynamic_stitch([[0],[1]],[x[:1],[2.]])
    tf.dynamic_stitch([],[])
    tf.dynamic_stitch([[0]],[[1],[2]])
    """,
)
