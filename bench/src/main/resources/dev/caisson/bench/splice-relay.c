/*
 * The least a relay in user space can do: both ways of each connection by splice(2), a thread for each way, no byte looked at.
 * usage: splice-relay ADDRESS PORT; prints the port it listens on (127.0.0.1) and a second one, where a connection ends it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PIPE_BYTES (1 << 20)
#define LIFE_SECONDS 600

static struct sockaddr_in target;

struct way {
  int from;
  int to;
};

static void *relay(void *argument) {
  struct way *way = argument;
  int ends[2];
  if (pipe(ends) == 0) {
    fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES);
    ssize_t held = 0;
    while (held == 0 && (held = splice(way->from, NULL, ends[1], NULL, PIPE_BYTES, SPLICE_F_MOVE)) > 0) {
      while (held > 0) {
        ssize_t passed = splice(ends[0], NULL, way->to, NULL, (size_t) held, SPLICE_F_MOVE);
        if (passed <= 0) break;
        held -= passed;
      }
    }
    close(ends[0]);
    close(ends[1]);
  }
  shutdown(way->to, SHUT_WR);
  return NULL;
}

static void at_once(int connection) {
  int yes = 1;
  setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

static void *serve(void *argument) {
  int client = (int) (intptr_t) argument;
  int service = socket(AF_INET, SOCK_STREAM, 0);
  if (service >= 0 && connect(service, (struct sockaddr *) &target, sizeof target) == 0) {
    at_once(client);
    at_once(service);
    struct way out = {client, service}, back = {service, client};
    pthread_t other;
    if (pthread_create(&other, NULL, relay, &out) == 0) {
      relay(&back);
      pthread_join(other, NULL);
    }
  }
  close(service);
  close(client);
  return NULL;
}

static int listening(int *port) {
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof here;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (listener < 0 || bind(listener, (struct sockaddr *) &here, length) || listen(listener, 64)
      || getsockname(listener, (struct sockaddr *) &here, &length)) {
    perror("splice-relay");
    exit(1);
  }
  *port = ntohs(here.sin_port);
  return listener;
}

int main(int count, char **words) {
  if (count != 3 || inet_pton(AF_INET, words[1], &target.sin_addr) != 1) {
    fprintf(stderr, "usage: splice-relay ADDRESS PORT\n");
    return 2;
  }
  target.sin_family = AF_INET;
  target.sin_port = htons((uint16_t) atoi(words[2]));
  signal(SIGPIPE, SIG_IGN);
  alarm(LIFE_SECONDS);
  int port, end_port;
  struct pollfd listeners[2] = {{.fd = listening(&port), .events = POLLIN}, {.fd = listening(&end_port), .events = POLLIN}};
  printf("%d %d\n", port, end_port);
  fflush(stdout);
  while (poll(listeners, 2, -1) > 0 && !listeners[1].revents) {
    int client = accept(listeners[0].fd, NULL, NULL);
    pthread_t thread;
    if (client >= 0 && pthread_create(&thread, NULL, serve, (void *) (intptr_t) client) == 0) pthread_detach(thread);
  }
  return 0;
}
