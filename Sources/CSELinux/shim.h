#include <selinux/context.h>
#include <selinux/selinux.h>
