package dev.caisson.linux;

import dev.caisson.base.Category;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * The kernel's table of tracked connections, in the network namespace of the calling thread.
 *
 * <p>Spoken to in netlink (kernel headers {@code linux/netlink.h}, {@code nfnetlink.h}, {@code nfnetlink_conntrack.h})
 * because the program {@code conntrack} walks the whole table, 10 to 20 ms, for each address it removes; here one walk
 * serves any number of addresses. Needs CAP_NET_ADMIN. Safe for use by many threads.
 */
public final class ConnectionTable {
    private static final int NETLINK_NETFILTER = 12;
    private static final byte AF_INET = 2;
    private static final int HEADER = 16;
    private static final int FAMILY_HEADER = 4;
    private static final int ATTRIBUTE_HEADER = 4;
    private static final int DATAGRAM = 64 << 10;

    private static final short CONNTRACK_NEW = 0x100;
    private static final short CONNTRACK_GET = 0x101;
    private static final short CONNTRACK_DELETE = 0x102;
    private static final short ERROR = 2;
    private static final short DONE = 3;

    private static final short REQUEST = 0x1;
    private static final short ACKNOWLEDGE = 0x4;
    private static final short DUMP = 0x300;

    private static final int TYPE_MASK = 0x3fff;
    private static final int TUPLE_ORIGINAL = 1;
    private static final int ZONE = 18;
    private static final int TUPLE_IP = 1;
    private static final int IPV4_SOURCE = 1;
    private static final int IPV4_DESTINATION = 2;

    private ConnectionTable() {}

    /**
     * Removes every IPv4 connection that was opened from or to one of these addresses; its further packets belong to no
     * connection.
     *
     * @param addresses tells for an address, as a number in network order, whether it is meant
     * @return how many were removed
     * @throws LinuxException {@code DENIED} without the capability, {@code INTERNAL} if the kernel refuses
     */
    public static int forget(IntPredicate addresses) {
        int socket = Errno.check(Libc.netlink(NETLINK_NETFILTER), "speak to the kernel's connection table");
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(DATAGRAM);
            var removed = 0;
            for (var request : deletions(socket, buffer, addresses)) {
                send(socket, buffer, request);
                removed += acknowledged(socket, buffer) ? 1 : 0;
            }
            return removed;
        } finally {
            Libc.close(socket);
        }
    }

    /** Walks the table and makes a request for every connection that is to go. */
    private static List<byte[]> deletions(int socket, MemorySegment buffer, IntPredicate addresses) {
        send(socket, buffer, message(CONNTRACK_GET, (short) (REQUEST | DUMP), new byte[0]));
        var requests = new ArrayList<byte[]>();
        while (true) {
            var datagram = receive(socket, buffer);
            while (datagram.remaining() >= HEADER) {
                var message = next(datagram);
                short type = message.getShort(4);
                if (type == DONE) {
                    return requests;
                }
                if (type == ERROR) {
                    Errno.check(message.getInt(HEADER), "read the kernel's connection table");
                }
                if (type == CONNTRACK_NEW) {
                    addDeletion(message.position(HEADER + FAMILY_HEADER).slice().order(ByteOrder.nativeOrder()), addresses, requests);
                }
            }
        }
    }

    /** A connection is named by the attributes that came with it: its original direction, and its zone if it has one. */
    private static void addDeletion(ByteBuffer attributes, IntPredicate addresses, List<byte[]> requests) {
        var name = ByteBuffer.allocate(attributes.remaining());
        var meant = false;
        while (attributes.remaining() >= ATTRIBUTE_HEADER) {
            int type = attributes.getShort(attributes.position() + 2) & TYPE_MASK;
            var attribute = nextAttribute(attributes);
            if (type == TUPLE_ORIGINAL) {
                meant = isMeant(attribute.duplicate().order(ByteOrder.nativeOrder()), addresses);
            }
            if (type == TUPLE_ORIGINAL || type == ZONE) {
                name.put(attribute);
            }
        }
        if (meant) {
            var body = new byte[name.flip().remaining()];
            name.get(body);
            requests.add(message(CONNTRACK_DELETE, (short) (REQUEST | ACKNOWLEDGE), body));
        }
    }

    private static boolean isMeant(ByteBuffer tuple, IntPredicate addresses) {
        tuple.position(ATTRIBUTE_HEADER);
        while (tuple.remaining() >= ATTRIBUTE_HEADER) {
            int type = tuple.getShort(tuple.position() + 2) & TYPE_MASK;
            var part = nextAttribute(tuple);
            if (type == TUPLE_IP && hasAddress(part.position(ATTRIBUTE_HEADER).slice().order(ByteOrder.nativeOrder()), addresses)) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasAddress(ByteBuffer ip, IntPredicate addresses) {
        while (ip.remaining() >= ATTRIBUTE_HEADER) {
            int type = ip.getShort(ip.position() + 2) & TYPE_MASK;
            var part = nextAttribute(ip);
            if ((type == IPV4_SOURCE || type == IPV4_DESTINATION) && addresses.test(part.order(ByteOrder.BIG_ENDIAN).getInt(ATTRIBUTE_HEADER))) {
                return true;
            }
        }
        return false;
    }

    /** Whether the kernel did what it was asked; that it had happened already is no failure. */
    private static boolean acknowledged(int socket, MemorySegment buffer) {
        var answer = next(receive(socket, buffer));
        if (answer.getShort(4) != ERROR) {
            throw new LinuxException(Category.INTERNAL, "the kernel's connection table gave an answer of kind " + answer.getShort(4)
                    + " to the removal of a connection");
        }
        int result = answer.getInt(HEADER);
        if (result == -Errno.ENOENT) {
            return false;
        }
        Errno.check(result, "remove a connection from the kernel's table");
        return true;
    }

    private static byte[] message(short type, short flags, byte[] body) {
        return ByteBuffer.allocate(HEADER + FAMILY_HEADER + body.length).order(ByteOrder.nativeOrder())
                .putInt(HEADER + FAMILY_HEADER + body.length).putShort(type).putShort(flags).putInt(0).putInt(0)
                .put(AF_INET).put((byte) 0).putShort((short) 0)
                .put(body)
                .array();
    }

    private static void send(int socket, MemorySegment buffer, byte[] message) {
        MemorySegment.copy(MemorySegment.ofArray(message), 0, buffer, 0, message.length);
        Errno.check(Libc.write(socket, buffer.asSlice(0, message.length)), "ask the kernel's connection table");
    }

    private static ByteBuffer receive(int socket, MemorySegment buffer) {
        long length = Errno.check(Libc.read(socket, buffer), "read from the kernel's connection table");
        return buffer.asSlice(0, length).asByteBuffer().order(ByteOrder.nativeOrder());
    }

    /** The message at the head of the datagram, which moves on to the one after it. */
    private static ByteBuffer next(ByteBuffer datagram) {
        return cut(datagram, datagram.getInt(datagram.position()));
    }

    /** The attribute at the head, with its header and padding. */
    private static ByteBuffer nextAttribute(ByteBuffer attributes) {
        return cut(attributes, attributes.getShort(attributes.position()) & 0xffff);
    }

    /** Messages and attributes begin at multiples of four. */
    private static ByteBuffer cut(ByteBuffer from, int length) {
        int padded = Math.min((length + 3) & ~3, from.remaining());
        if (length < ATTRIBUTE_HEADER) {
            throw new LinuxException(Category.INTERNAL, "the kernel's connection table sent a part of " + length + " bytes");
        }
        var part = from.slice(from.position(), padded).order(ByteOrder.nativeOrder());
        from.position(from.position() + padded);
        return part;
    }
}
