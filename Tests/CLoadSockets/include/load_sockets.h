/* The sockets of the load generator: what Swift's Glibc module does not show (epoll) or shows awkwardly. */
#ifndef LOAD_SOCKETS_H
#define LOAD_SOCKETS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct load_event {
    uint32_t client;
    bool readable; /* or ended */
    bool writable;
};

/* Raises the limit of descriptors as far as it goes and returns it. */
uint64_t load_raise_descriptor_limit(void);

int load_epoll(void);

/* Starts connecting to a port of 127.0.0.1 and watches for both directions. Returns the socket or -1. Nothing is left
 * in TIME_WAIT by it: ports would run out over many rounds. */
int load_connect(int epoll, uint16_t port, uint32_t client);

/* From here on only reading is watched. 0, or the error that connecting ended in. */
int load_connected(int epoll, int socket, uint32_t client);

/* Returns the number of events; 0 when time is up. */
int load_wait(int epoll, struct load_event *events, int capacity, int milliseconds);

ssize_t load_receive(int socket, uint8_t *bytes, size_t capacity);

/* All or nothing: -1 when the kernel did not take the whole. */
int load_send(int socket, const uint8_t *bytes, size_t count);

/* Sends the acknowledgement of what was received at once. The kernel forgets this soon, so it is asked for after
 * every read. */
void load_acknowledge(int socket);

uint64_t load_now_nanoseconds(void);
#endif
