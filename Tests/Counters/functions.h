/// What is counted, in the order of the file that the tests read.
///
/// - FUNCTION(name): a function whose calls from anywhere outside its own library pass through here.
/// - ALLOCATOR(name, own): the same, but already needed before any other function can be looked up; `own` is the name
///   under which glibc exports it a second time.
/// - WAIT(name): a function in which the counted thread waits for events.

/* Reference counts. */
FUNCTION(swift_retain)
FUNCTION(swift_release)
FUNCTION(swift_retain_n)
FUNCTION(swift_release_n)
FUNCTION(swift_bridgeObjectRetain)
FUNCTION(swift_bridgeObjectRelease)
FUNCTION(swift_bridgeObjectRetain_n)
FUNCTION(swift_bridgeObjectRelease_n)
FUNCTION(swift_tryRetain)
FUNCTION(swift_unownedRetain)
FUNCTION(swift_unownedRelease)
FUNCTION(swift_unownedRetainStrong)
FUNCTION(swift_weakLoadStrong)
FUNCTION(swift_weakAssign)
FUNCTION(swift_isUniquelyReferenced_nonNull_native)
FUNCTION(swift_isUniquelyReferenced_native)
FUNCTION(swift_isUniquelyReferenced_nonNull)
FUNCTION(swift_isUniquelyReferenced)

/* Objects of the Swift heap, and values on their way there. */
FUNCTION(swift_allocObject)
FUNCTION(swift_deallocObject)
FUNCTION(swift_deallocClassInstance)
FUNCTION(swift_deallocPartialClassInstance)
FUNCTION(swift_allocBox)
FUNCTION(swift_allocError)
FUNCTION(swift_willThrow)
FUNCTION(swift_willThrowTypedImpl)
FUNCTION(swift_slowAlloc)
FUNCTION(swift_slowDealloc)
FUNCTION(swift_initStackObject)
FUNCTION(swift_arrayInitWithCopy)
FUNCTION(swift_arrayDestroy)

/* Exclusivity checks. */
FUNCTION(swift_beginAccess)
FUNCTION(swift_endAccess)

/* What unspecialised generics and existentials ask for while the program runs. */
FUNCTION(swift_once)
FUNCTION(swift_dynamicCast)
FUNCTION(swift_dynamicCastClass)
FUNCTION(swift_conformsToProtocol)
FUNCTION(swift_getWitnessTable)
FUNCTION(swift_getAssociatedTypeWitness)
FUNCTION(swift_getAssociatedConformanceWitness)
FUNCTION(swift_getGenericMetadata)
FUNCTION(swift_checkMetadataState)
FUNCTION(swift_getTypeByMangledNameInContext2)
FUNCTION(swift_getTypeByMangledNameInContextInMetadataState2)

/* The heap of C, on which all of Swift's stands. */
ALLOCATOR(malloc, __libc_malloc)
ALLOCATOR(calloc, __libc_calloc)
ALLOCATOR(realloc, __libc_realloc)
ALLOCATOR(free, __libc_free)
ALLOCATOR(memalign, __libc_memalign)
FUNCTION(posix_memalign)
FUNCTION(aligned_alloc)

/* Locks. */
FUNCTION(pthread_mutex_lock)
FUNCTION(pthread_mutex_unlock)

/* System calls, by the functions that make them. */
FUNCTION(recv)
FUNCTION(recvfrom)
FUNCTION(recvmsg)
FUNCTION(recvmmsg)
FUNCTION(read)
FUNCTION(readv)
FUNCTION(send)
FUNCTION(sendto)
FUNCTION(sendmsg)
FUNCTION(sendmmsg)
FUNCTION(write)
FUNCTION(writev)
FUNCTION(splice)
WAIT(epoll_wait)
WAIT(epoll_pwait)
FUNCTION(epoll_ctl)
FUNCTION(poll)
FUNCTION(socket)
FUNCTION(accept)
FUNCTION(accept4)
FUNCTION(connect)
FUNCTION(bind)
FUNCTION(listen)
FUNCTION(shutdown)
FUNCTION(close)
FUNCTION(getsockopt)
FUNCTION(setsockopt)
FUNCTION(getsockname)
FUNCTION(getpeername)
FUNCTION(ioctl)
FUNCTION(fcntl)
FUNCTION(mmap)
FUNCTION(munmap)
FUNCTION(madvise)
FUNCTION(sched_yield)
FUNCTION(usleep)
FUNCTION(nanosleep)
FUNCTION(syscall)

/* No system call where the kernel shares its clock, as it does on Linux for x86-64. */
FUNCTION(clock_gettime)
