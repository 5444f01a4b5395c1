package dev.caisson.network;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** The two ends of a connection, each in a namespace. */
final class Wire {
    private static final int PATIENCE_MILLIS = 3000;

    private Wire() {}

    /** A TCP server that answers each connection with the address it came from. */
    static ServerSocket echoPeer(Netns where, String address, int port) throws Exception {
        return answering(where.call(() -> new ServerSocket(port, 50, InetAddress.getByName(address))));
    }

    /** Makes a socket an {@link #echoPeer}. */
    static ServerSocket answering(ServerSocket server) {
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                answer(server);
            }
        });
        return server;
    }

    private static void answer(ServerSocket server) {
        try (var connection = server.accept()) {
            connection.getOutputStream().write(connection.getInetAddress().getHostAddress().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // The server was closed, or this client went away; neither concerns the next.
            return;
        }
    }

    /** What an {@link #echoPeer} says, or the failure as text: "timed out", "refused", … */
    static String ask(Netns where, String address, int port) throws Exception {
        return ask(where, address, port, PATIENCE_MILLIS);
    }

    static String ask(Netns where, String address, int port, int patienceMillis) throws Exception {
        return where.call(() -> {
            try (var socket = new Socket()) {
                socket.connect(new InetSocketAddress(address, port), patienceMillis);
                socket.setSoTimeout(PATIENCE_MILLIS);
                return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                return String.valueOf(e.getMessage());
            }
        });
    }

    static DatagramSocket datagrams(Netns where, String address, int port) throws Exception {
        var socket = where.call(() -> new DatagramSocket(new InetSocketAddress(address, port)));
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    static void send(DatagramSocket from, String address, int port, String text) throws IOException {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        from.send(new DatagramPacket(bytes, bytes.length, new InetSocketAddress(address, port)));
    }

    static DatagramPacket receive(DatagramSocket socket) throws IOException {
        var packet = new DatagramPacket(new byte[1500], 1500);
        socket.receive(packet);
        return packet;
    }

    static String text(DatagramPacket packet) {
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
    }
}
