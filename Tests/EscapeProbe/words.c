/* The words of a step:
 *
 *   7  -100  0x10          numbers
 *   AF_INET  O_RDWR|O_CREAT                    constants, see constants.c
 *   $1                     what the first step gave
 *   $self  $parent         process IDs; steps.c puts the numbers in
 *   /dev/mem  "text  @"text                    text; with @ in front a name in the abstract namespace, NUL first
 *   #                      the length of the text before
 *   &64                    64 bytes of zero
 *   u32:1,2/64  u64:1      32 or 64 bit words, and zero up to 64 bytes
 *   iov:16  pointers:a,b   struct iovec of 16 bytes; texts and NULL
 *   inet:127.0.0.1:22  inet6:::1:22  unix:/path  unix:@name  netlink:0       an address and its length: two arguments */
#define _GNU_SOURCE
#include "probe.h"

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>

/* Taken piece by piece: nothing is freed before the attempt is over, and no call may be needed to have it. */
static _Alignas(16) unsigned char memory[1 << 16];
static size_t used;

void words_forget(void) { used = 0; }

static void *take(size_t size) {
    size_t whole = (size + 15) & ~(size_t)15;
    if (whole > sizeof memory - used) return NULL;
    void *piece = memory + used;
    used += whole;
    return memset(piece, 0, size);
}

static bool add(struct arguments *to, long value) {
    if (to->count == MOST_ARGUMENTS) return false;
    to->value[to->count++] = value;
    return true;
}

static bool add_copy(struct arguments *to, const void *bytes, size_t size) {
    void *copy = take(size);
    if (!copy) return false;
    memcpy(copy, bytes, size);
    return add(to, (long)copy);
}

static bool add_words(struct arguments *to, char *list, size_t width) {
    char *size = strchr(list, '/');
    unsigned char *buffer = take(size ? (size_t)atol(size + 1) : 64);
    if (!buffer) return false;
    if (size) *size = 0;
    size_t offset = 0;
    for (char *item; (item = strsep(&list, ",")); offset += width) {
        long value = 0;
        if (!constant_value(item, strlen(item), &value)) value = strtol(item, NULL, 0);
        memcpy(buffer + offset, &value, width);
    }
    return add(to, (long)buffer);
}

static bool add_pointers(struct arguments *to, char *list) {
    char **pointers = take(9 * sizeof *pointers);
    if (!pointers) return false;
    for (size_t i = 0; i < 8 && list && *list; i++) {
        char *item = strsep(&list, ",");
        if (!(pointers[i] = take(strlen(item) + 1))) return false;
        memcpy(pointers[i], item, strlen(item));
    }
    return add(to, (long)pointers);
}

static bool add_vector(struct arguments *to, size_t size) {
    struct iovec vector = {take(size), size};
    return vector.iov_base && add_copy(to, &vector, sizeof vector);
}

/* The port is what follows the last colon. */
static bool add_internet(struct arguments *to, int family, char *text) {
    char *colon = strrchr(text, ':');
    if (!colon) return false;
    *colon = 0;
    in_port_t port = htons((uint16_t)atoi(colon + 1));
    if (family == AF_INET) {
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = port};
        return inet_pton(AF_INET, text, &address.sin_addr) == 1 && add_copy(to, &address, sizeof address) &&
               add(to, sizeof address);
    }
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = port};
    return inet_pton(AF_INET6, text, &address.sin6_addr) == 1 && add_copy(to, &address, sizeof address) &&
           add(to, sizeof address);
}

static bool add_local(struct arguments *to, const char *name) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(name);
    if (length == 0 || length >= sizeof address.sun_path) return false;
    memcpy(address.sun_path, name, length);
    if (*name == '@') *address.sun_path = 0;
    else length++;
    return add_copy(to, &address, sizeof address) && add(to, (long)(offsetof(struct sockaddr_un, sun_path) + length));
}

static bool add_netlink(struct arguments *to, uint32_t groups) {
    struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = groups};
    return add_copy(to, &address, sizeof address) && add(to, sizeof address);
}

static bool add_number(struct arguments *to, const char *word) {
    long sum = 0;
    for (const char *part = word; part;) {
        const char *bar = strchr(part, '|');
        size_t length = bar ? (size_t)(bar - part) : strlen(part);
        long value = 0;
        if (!constant_value(part, length, &value)) {
            char *end = NULL;
            value = strtol(part, &end, 0);
            if (end == part || end != part + length) return false;
        }
        sum |= value;
        part = bar ? bar + 1 : NULL;
    }
    return add(to, sum);
}

static bool begins(const char *word, const char *with) { return strncmp(word, with, strlen(with)) == 0; }

bool words_take(char *word, const long results[], int step, struct arguments *out) {
    if (*word == '/') return add_copy(out, word, strlen(word) + 1);
    if (*word == '"') return add_copy(out, word + 1, strlen(word + 1) + 1);
    if (strcmp(word, "#") == 0) return out->count > 0 && add(out, (long)strlen((char *)out->value[out->count - 1]));
    if (*word == '$') return atoi(word + 1) > 0 && atoi(word + 1) < step && add(out, results[atoi(word + 1)]);
    if (*word == '&') {
        void *zero = take((size_t)atol(word + 1));
        return zero && add(out, (long)zero);
    }
    if (begins(word, "u32:")) return add_words(out, word + 4, 4);
    if (begins(word, "u64:")) return add_words(out, word + 4, 8);
    if (begins(word, "iov:")) return add_vector(out, (size_t)atol(word + 4));
    if (begins(word, "pointers:")) return add_pointers(out, word + 9);
    if (begins(word, "inet:")) return add_internet(out, AF_INET, word + 5);
    if (begins(word, "inet6:")) return add_internet(out, AF_INET6, word + 6);
    if (begins(word, "unix:")) return add_local(out, word + 5);
    if (begins(word, "netlink:")) return add_netlink(out, (uint32_t)atol(word + 8));
    return add_number(out, word);
}
