package dev.caisson.network;

import dev.caisson.linux.Command;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** The kernel's table of connections. */
final class Conntrack {
    private Conntrack() {}

    /** Forgets every connection from or to these addresses: later packets of one belong to nothing and are refused. */
    static void forget(Collection<String> addresses) {
        if (addresses.isEmpty()) {
            return;
        }
        var lines = addresses.stream()
                .flatMap(address -> Stream.of("-D -s " + address, "-D -d " + address))
                .toList();
        Batch.run(Command.ofSystem("conntrack", "--load-file", "-"), lines);
    }

    /** Forgets every connection from or to a whole range. */
    static void forgetRange(String range) {
        forget(List.of(range));
    }
}
