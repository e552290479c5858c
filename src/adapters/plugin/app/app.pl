use strict;
use warnings;
use Socket;

$| = 1;
$SIG{CHLD} = 'IGNORE';
$SIG{TERM} = sub { exit 0 };
my $release = $ENV{DELIVER_CHECK_RELEASE};
socket(my $server, PF_INET, SOCK_STREAM, getprotobyname('tcp')) or die "socket: $!";
setsockopt($server, SOL_SOCKET, SO_REUSEADDR, 1) or die "setsockopt: $!";
bind($server, sockaddr_in($ENV{PORT}, INADDR_ANY)) or die "bind: $!";
listen($server, 128) or die "listen: $!";
print "listening\n";
printf "secret of %d bytes\n", length($ENV{DELIVER_CHECK_SECRET} // '');
while (1) {
    accept(my $client, $server) or next;
    my $child = fork();
    if (defined $child && $child == 0) {
        my $request = <$client> // '';
        while (defined(my $line = <$client>)) { last if $line =~ /^\r?\n$/; }
        sleep 2 if $request =~ m{^GET /slow };
        my $length = length $release;
        syswrite $client, "HTTP/1.1 200 OK\r\nContent-Length: $length\r\nConnection: close\r\n\r\n$release";
        shutdown $client, 2;
        exit 0;
    }
    close $client;
}
