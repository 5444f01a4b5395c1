package dev.caisson.engine;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/** Takes datagrams that hold one number each, and keeps them in the order they came. */
final class NumberListener implements AutoCloseable {
    private final DatagramSocket socket;
    private final List<Long> numbers = new ArrayList<>();

    NumberListener(String address) throws IOException {
        socket = new DatagramSocket(null);
        socket.setReceiveBufferSize(4 << 20);
        socket.bind(new InetSocketAddress(InetAddress.getByName(address), 0));
        Thread.ofPlatform().daemon().name("numbers").start(this::listen);
    }

    int port() {
        return socket.getLocalPort();
    }

    /** Waits until so many more than now have come. */
    void awaitMore(int count) {
        int wanted = count() + count;
        Awaitility.await().pollInterval(Duration.ofMillis(5)).atMost(EngineContract.SOON).until(() -> count() >= wanted);
    }

    /** Where a number does not follow the one before it. */
    synchronized List<String> gaps() {
        var found = new ArrayList<String>();
        for (int i = 0; i < numbers.size(); i++) {
            long expected = i == 0 ? 1 : numbers.get(i - 1) + 1;
            if (numbers.get(i) != expected) {
                found.add(numbers.get(i) + " instead of " + expected);
            }
        }
        return found;
    }

    @Override
    public void close() {
        socket.close();
    }

    private synchronized int count() {
        return numbers.size();
    }

    private synchronized void add(long number) {
        numbers.add(number);
    }

    private void listen() {
        var packet = new DatagramPacket(new byte[64], 64);
        while (!socket.isClosed()) {
            try {
                socket.receive(packet);
                add(Long.parseLong(new String(packet.getData(), 0, packet.getLength(), StandardCharsets.US_ASCII)));
            } catch (SocketException e) {
                return;
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
