#include <libcryptsetup.h>

/* Macros with a cast in them do not reach Swift. */
static const uint32_t ccryptsetup_no_benchmark = CRYPT_PBKDF_NO_BENCHMARK;
