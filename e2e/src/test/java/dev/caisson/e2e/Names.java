package dev.caisson.e2e;

import dev.caisson.linux.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The DNS entry that a person makes for a domain: a name server on a loopback address of its own, to which every name leads to
 * 127.0.0.1, and programs that ask it. Only they do: each runs in a mount namespace of its own with another resolver's
 * settings.
 */
final class Names implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofMinutes(3);
    private static final int TYPE_A = 1;
    private static final int HEADER = 12;
    private static final String INSIDE = """
            mount --bind "$1" /etc/resolv.conf && mount --bind "$2" /etc/nsswitch.conf && shift 2 && exec "$@"
            """;

    private final DatagramSocket socket;
    private final Path folder;

    private Names(DatagramSocket socket, Path folder) {
        this.socket = socket;
        this.folder = folder;
    }

    static Names serve() {
        var random = ThreadLocalRandom.current();
        var address = "127.53." + random.nextInt(1, 255) + "." + random.nextInt(1, 255);
        try {
            var names = new Names(new DatagramSocket(new InetSocketAddress(address, 53)), Files.createTempDirectory("caisson-names-"));
            Files.writeString(names.folder.resolve("resolv.conf"), "nameserver " + address + "\n");
            Files.writeString(names.folder.resolve("nsswitch.conf"), "hosts: dns\n");
            Thread.ofVirtual().name("names").start(names::answerAll);
            return names;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a program that finds the names. */
    Command.Result run(Path program, List<String> arguments, Path inFolder, Map<String, String> environment) {
        var all = new ArrayList<>(List.of(
                "--mount", "sh", "-c", INSIDE, "sh", folder.resolve("resolv.conf").toString(), folder.resolve("nsswitch.conf").toString(),
                program.toString()));
        all.addAll(arguments);
        return Command.ofSystem("unshare", all.toArray(String[]::new))
                .withEnvironment(environment)
                .inFolder(inFolder)
                .withDeadline(DEADLINE)
                .runAnyExit();
    }

    private void answerAll() {
        var packet = new DatagramPacket(new byte[512], 512);
        try {
            while (true) {
                packet.setLength(512);
                socket.receive(packet);
                var answer = answer(ByteBuffer.wrap(packet.getData(), 0, packet.getLength()));
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            }
        } catch (SocketException e) {
            // Closed: the end.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** RFC 1035 §4.1: the question again, and for addresses the one there is. */
    private static byte[] answer(ByteBuffer query) {
        int end = HEADER;
        while (query.get(end) != 0) {
            end += query.get(end) + 1;
        }
        int type = query.getShort(end + 1);
        int questionLength = end + 5 - HEADER;
        var answer = ByteBuffer.allocate(512);
        answer.putShort(query.getShort(0)).putShort((short) 0x8180).putShort((short) 1).putShort((short) (type == TYPE_A ? 1 : 0)).putInt(0);
        answer.put(query.array(), HEADER, questionLength);
        if (type == TYPE_A) {
            answer.putShort((short) 0xc00c).putShort((short) TYPE_A).putShort((short) 1).putInt(1).putShort((short) 4);
            answer.put(InetAddress.getLoopbackAddress().getAddress());
        }
        return java.util.Arrays.copyOf(answer.array(), answer.position());
    }

    @Override
    public void close() {
        socket.close();
        try {
            Files.delete(folder.resolve("resolv.conf"));
            Files.delete(folder.resolve("nsswitch.conf"));
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
