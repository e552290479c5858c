/* The app of trials on a cluster, for an image with nothing else in it. By its first word it ends at once with status 3
 * (`crash`), or with the status of its second word (`step`); else it serves its release's number until it is told to end,
 * and answers what it has begun. */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t told;

static void stop(int signal) {
    (void)signal;
    told = 1;
}

static const char *variable(const char *name, const char *otherwise) {
    const char *value = getenv(name);
    return value ? value : otherwise;
}

static void answer(int client) {
    char request[4096], response[256];
    ssize_t got = read(client, request, sizeof request - 1);
    if (got <= 0)
        return;
    request[got] = 0;
    if (strncmp(request, "GET /slow ", 10) == 0)
        sleep(2);
    const char *body = variable("DELIVER_CHECK_RELEASE", "");
    int length = snprintf(response, sizeof response,
                          "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s", strlen(body), body);
    (void)!write(client, response, (size_t)length);
}

static int serve(void) {
    struct sigaction action = {.sa_handler = stop};
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGCHLD, SIG_IGN);
    int server = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = INADDR_ANY};
    address.sin_port = htons((unsigned short)atoi(variable("PORT", "8080")));
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(server, (struct sockaddr *)&address, sizeof address) || listen(server, 64)) {
        perror("listen");
        return 1;
    }
    fputs("listening\n", stderr);
    fprintf(stderr, "secret of %zu bytes\n", strlen(variable("DELIVER_CHECK_SECRET", "")));
    while (!told) {
        int client = accept(server, NULL, NULL);
        if (client < 0)
            continue;
        if (fork() == 0) {
            answer(client);
            _exit(0);
        }
        close(client);
    }
    /* Fails when there are no more: nobody is waited for one by one. */
    while (wait(NULL) > 0) {
    }
    return 0;
}

int main(int count, char **words) {
    const char *mode = count > 1 ? words[1] : "serve";
    if (strcmp(mode, "crash") == 0) {
        fputs("cannot go on\n", stderr);
        return 3;
    }
    if (strcmp(mode, "step") == 0) {
        fputs("migrated\n", stderr);
        return count > 2 ? atoi(words[2]) : 0;
    }
    return serve();
}
