/* A web server for images that hold nothing else. What it does is in /behaviour, lines of KEY=VALUE, each of which a
 * variable of the environment overrides; times are in milliseconds.
 *
 *   RELEASE=1          what it answers            STATUS=200          with which status
 *   PORT=8080          where it listens           SLOW=0              how long an answer takes
 *   HEALTHY_AFTER=0    /health fails before; -1: always              EXIT_AFTER=-1, EXIT_STATUS=1   it crashes
 *   IGNORE_TERM=0      1: SIGTERM does nothing    LINGER=0            it serves on after SIGTERM before it closes its port;
 *                                                                     below 0 it ends at once, whatever is in flight
 *   SECRET=            the name of a secret, a variable or a file, of which it says how long it is
 *   LAST_WORDS=…       what it says when it crashes at once, after NOISE=0 lines, and the file TELLS= if it is named
 *   FLAPS=0            1: /health passes and fails by turns   BIND=0.0.0.0  at which address it listens
 *
 * `/env/NAME` answers a variable, `/file/PATH` a file, `/echo` what it was sent, `/slow` as `/` two seconds later.
 * `app health` asks its own /health, for a HEALTHCHECK; `app migrate STATUS [TIME]` is a release step that ends so, after that
 * time, and notes that it began and that it ended in /data where there is such a folder. On SIGTERM it ends in order: it
 * lingers, takes what waits at its port, finishes what is in flight, tells kept connections to close. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t told;
static atomic_int connections, closing, asked;
static long started, healthy_after, slow;
static char release[128], status[16];
static int linger, ignore, flaps;

static long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void rest(long milliseconds) {
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    while (nanosleep(&time, &time) && errno == EINTR)
        ;
}

static void say(const char *line) {
    fprintf(stderr, "%s\n", line);
}

static void setting(const char *key, const char *otherwise, char *value, size_t size) {
    const char *variable = getenv(key);
    snprintf(value, size, "%s", variable ? variable : otherwise);
    FILE *file = variable ? NULL : fopen("/behaviour", "r");
    char line[256];
    size_t length = strlen(key);
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, key, length) == 0 && line[length] == '=') {
            line[strcspn(line, "\n")] = 0;
            snprintf(value, size, "%s", line + length + 1);
        }
    if (file)
        fclose(file);
}

static long number(const char *key, const char *otherwise) {
    char value[32];
    setting(key, otherwise, value, sizeof value);
    return atol(value);
}

static void stop(int signal) {
    (void)signal;
    if (linger < 0)
        _exit(0);
    told = 1;
}

static int healthy(void) {
    return healthy_after >= 0 && now() - started >= healthy_after;
}

/* The largest request, and the largest answer. */
#define MOST 32768

/* What is asked for, or nothing for what is not there. */
static size_t body_of(const char *path, char *body, size_t size) {
    body[0] = 0;
    if (strncmp(path, "/env/", 5) == 0) {
        const char *value = getenv(path + 5);
        snprintf(body, size, "%s", value ? value : "");
    } else if (strncmp(path, "/file/", 6) == 0) {
        int file = open(path + 5, O_RDONLY);
        ssize_t got = file < 0 ? 0 : read(file, body, size - 1);
        body[got > 0 ? got : 0] = 0;
        if (file >= 0)
            close(file);
    } else {
        snprintf(body, size, "%s", release);
    }
    return strlen(body);
}

/* How many bytes the request in the buffer has; 0 when its head is not all there. */
static size_t length_of(const char *request) {
    const char *end = strstr(request, "\r\n\r\n"), *field = strcasestr(request, "\r\ncontent-length:");
    if (!end)
        return 0;
    size_t body = field && field < end ? strtoul(field + 17, NULL, 10) : 0;
    return (size_t)(end + 4 - request) + (body < MOST ? body : MOST);
}

/* Whether the connection stays. */
static int answer(int client, const char *request, size_t size) {
    char path[256] = "", text[4096], head[256];
    sscanf(request, "%*s %255s", path);
    const char *code = status;
    if (strcmp(path, "/health") == 0)
        code = healthy() && !(flaps && asked++ % 2) ? "200" : "503";
    else
        rest(strcmp(path, "/slow") == 0 ? 2000 : slow);
    const char *body = strstr(request, "\r\n\r\n") + 4;
    size_t length = size - (size_t)(body - request);
    if (strcmp(path, "/echo") != 0) {
        length = body_of(path, text, sizeof text);
        body = text;
    }
    int stays = !told && !strstr(request, "onnection: close");
    int begin = snprintf(head, sizeof head, "HTTP/1.1 %s As asked\r\nContent-Length: %zu\r\n%s\r\n", code, length,
                         stays ? "" : "Connection: close\r\n");
    struct iovec parts[] = {{head, (size_t)begin}, {(void *)(size_t)body, length}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    return sendmsg(client, &message, MSG_NOSIGNAL) == begin + (ssize_t)length && stays;
}

static void *serve(void *argument) {
    int client = (int)(long)argument;
    char request[MOST];
    size_t got = 0;
    for (;;) {
        struct pollfd ready = {.fd = client, .events = POLLIN};
        int any = poll(&ready, 1, 20);
        /* A kept connection that waits for nothing may go when the port is closed. */
        if (any == 0 && closing && got == 0)
            break;
        if (any <= 0)
            continue;
        ssize_t more = recv(client, request + got, sizeof request - 1 - got, 0);
        if (more <= 0)
            break;
        got += (size_t)more;
        request[got] = 0;
        size_t whole = length_of(request);
        if ((whole == 0 || got < whole) && got < sizeof request - 1)
            continue;
        if (whole == 0 || got < whole || !answer(client, request, whole))
            break;
        got = 0;
    }
    /* Closing with unread bytes would be a reset, and the answer lost. */
    shutdown(client, SHUT_WR);
    struct timeval patience = {.tv_usec = 500000};
    setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    while (recv(client, request, sizeof request, 0) > 0)
        ;
    close(client);
    connections--;
    return NULL;
}

/* Takes everybody who waits at the port. */
static void take(int server) {
    int client;
    while ((client = accept(server, NULL, NULL)) >= 0) {
        pthread_t thread;
        connections++;
        if (pthread_create(&thread, NULL, serve, (void *)(long)client) == 0) {
            pthread_detach(thread);
        } else {
            connections--;
            close(client);
        }
    }
}

static int ask_health(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int client = socket(AF_INET, SOCK_STREAM, 0);
    char text[] = "GET /health HTTP/1.1\r\nConnection: close\r\n\r\n", got[64] = "";
    if (connect(client, (struct sockaddr *)&address, sizeof address) || write(client, text, sizeof text - 1) < 0)
        return 1;
    return read(client, got, sizeof got - 1) < 12 || strncmp(got + 9, "200", 3) != 0;
}

/* The content of a file, among its last words. */
static void tell(const char *path) {
    char value[4096];
    int file = open(path, O_RDONLY);
    ssize_t got = file < 0 ? 0 : read(file, value, sizeof value - 1);
    if (file >= 0)
        close(file);
    value[got > 0 ? got : 0] = 0;
    say(value);
}

static void note(const char *text) {
    int file = open("/data/migrated", O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (file < 0)
        return;
    ssize_t written = write(file, text, strlen(text));
    (void)written;
    close(file);
}

static int migrate(const char *status, const char *time) {
    note("began ");
    say("migrating");
    rest(time ? atol(time) : 0);
    note("ended ");
    say("migrated");
    return atoi(status);
}

/* How long the secret is that it was given, never what it is. */
static void say_secret(const char *name) {
    char path[256], value[4096];
    snprintf(path, sizeof path, "/run/secrets/%s", name);
    const char *variable = getenv(name);
    int file = variable ? -1 : open(path, O_RDONLY);
    ssize_t got = file >= 0 ? read(file, value, sizeof value) : variable ? (ssize_t)strlen(variable) : 0;
    if (file >= 0)
        close(file);
    fprintf(stderr, "secret of %zd bytes\n", got > 0 ? got : 0);
}

int main(int count, char **words) {
    int port = (int)number("PORT", "8080"), yes = 1;
    if (count > 1 && strcmp(words[1], "health") == 0)
        return ask_health(port);
    if (count > 2 && strcmp(words[1], "migrate") == 0)
        return migrate(words[2], count > 3 ? words[3] : NULL);
    char secret[128], last_words[128], tells[128], at[64];
    setting("SECRET", "", secret, sizeof secret);
    setting("LAST_WORDS", "cannot find the price list", last_words, sizeof last_words);
    started = now();
    setting("RELEASE", "1", release, sizeof release);
    setting("STATUS", "200", status, sizeof status);
    healthy_after = number("HEALTHY_AFTER", "0");
    slow = number("SLOW", "0");
    linger = (int)number("LINGER", "0");
    ignore = (int)number("IGNORE_TERM", "0");
    long exit_after = number("EXIT_AFTER", "-1");
    flaps = (int)number("FLAPS", "0");
    setting("TELLS", "", tells, sizeof tells);
    setting("BIND", "0.0.0.0", at, sizeof at);
    if (exit_after == 0) {
        for (long line = 1; line <= number("NOISE", "0"); line++)
            fprintf(stderr, "line %ld\n", line);
        if (tells[0])
            tell(tells);
        say(last_words);
        return (int)number("EXIT_STATUS", "1");
    }
    struct sigaction action = {.sa_handler = stop};
    sigaction(SIGTERM, &action, NULL);
    int server = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    inet_pton(AF_INET, at, &address.sin_addr);
    if (bind(server, (struct sockaddr *)&address, sizeof address) || listen(server, 512)) {
        perror("listen");
        return 1;
    }
    fprintf(stderr, "serving %s, listening at %d\n", release, port);
    if (secret[0])
        say_secret(secret);
    long told_at = 0;
    for (;;) {
        struct pollfd ready = {.fd = server, .events = POLLIN};
        poll(&ready, 1, 20);
        take(server);
        if (exit_after > 0 && now() - started > exit_after) {
            say("the price list went away");
            _exit((int)number("EXIT_STATUS", "1"));
        }
        if (told && !told_at) {
            say(ignore ? "told to stop, and will not" : "told to stop");
            told_at = now();
        }
        if (told && ignore)
            told = 0;
        if (told && now() - told_at >= linger)
            break;
    }
    take(server);
    close(server);
    closing = 1;
    while (connections > 0)
        rest(10);
    say("ended well");
    return 0;
}
