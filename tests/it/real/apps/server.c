/* A web server of one file and no library, for an image with nothing else in it. VERSION is what it answers; "crash" ends
 * it at its start. It counts its requests in /data/visits, and says each signal it gets. */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef VERSION
#define VERSION "1"
#endif

static volatile sig_atomic_t told;

static void stop(int signal) {
    (void)signal;
    static const char line[] = "told to stop\n";
    (void)!write(2, line, sizeof line - 1);
    /* A second one is what an impatient person sends. */
    if (told)
        _exit(9);
    told = 1;
}

static long count(void) {
    long visits = 0;
    FILE *file = fopen("/data/visits", "r+");
    if (!file)
        file = fopen("/data/visits", "w+");
    if (!file)
        return -1;
    if (fscanf(file, "%ld", &visits) != 1)
        visits = 0;
    rewind(file);
    fprintf(file, "%ld", ++visits);
    fclose(file);
    return visits;
}

static void answer(int client) {
    char request[4096], body[64], response[256];
    ssize_t got = read(client, request, sizeof request - 1);
    if (got <= 0)
        return;
    request[got] = 0;
    if (strncmp(request, "GET /visits", 11) == 0)
        snprintf(body, sizeof body, "%ld", count());
    else if (strncmp(request, "GET /greeting", 13) == 0)
        snprintf(body, sizeof body, "%s", getenv("GREETING") ? getenv("GREETING") : "");
    else
        snprintf(body, sizeof body, "%s", VERSION);
    int length = snprintf(response, sizeof response,
                          "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s", strlen(body), body);
    (void)!write(client, response, (size_t)length);
}

int main(void) {
    if (strcmp(VERSION, "crash") == 0) {
        fputs("cannot find the price list\n", stderr);
        return 1;
    }
    struct sigaction action = {.sa_handler = stop};
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    int server = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8080), .sin_addr.s_addr = INADDR_ANY};
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(server, (struct sockaddr *)&address, sizeof address) || listen(server, 64)) {
        perror("listen");
        return 1;
    }
    fputs("serving " VERSION "\n", stderr);
    while (!told) {
        int client = accept(server, NULL, NULL);
        if (client < 0)
            continue;
        answer(client);
        close(client);
    }
    /* Longer than two signals of one order are apart. */
    struct timespec rest = {.tv_nsec = 300000000};
    nanosleep(&rest, NULL);
    fputs("ended well\n", stderr);
    return 0;
}
