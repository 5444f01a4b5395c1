package dev.caisson.front.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caisson.http.Exchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Connections that send requests of several kinds, in packets split anywhere, several before the first answer, and that
 * sometimes leave in the middle: every answer has to be the right one, in order. Guards the watching of connections between
 * reading a request and answering it, whose first versions mixed up pipelined requests.
 */
@ParameterizedClass
@EnumSource(Wire.class)
class KeepAliveFuzzTest {
    private static final Duration LENGTH = Duration.ofSeconds(8);
    private static final int CONNECTIONS = 6;

    private final Wire wire;

    KeepAliveFuzzTest(Wire wire) {
        this.wire = wire;
    }

    private record Sent(String bytes, String answer) {}

    @Test
    void everyAnswerIsTheRightOne() throws Exception {
        long seed = System.nanoTime();
        System.out.println("KeepAliveFuzzTest " + wire + " seed " + seed);
        var answered = new AtomicLong();
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        try (var server = wire.start(KeepAliveFuzzTest::answer)) {
            long deadline = System.nanoTime() + LENGTH.toNanos();
            var threads = new ArrayList<Thread>();
            for (int i = 0; i < CONNECTIONS; i++) {
                var random = new Random(seed + i);
                threads.add(Thread.ofVirtual().start(() -> {
                    try {
                        while (System.nanoTime() < deadline && failures.isEmpty()) {
                            connection(server.address(), random, answered);
                        }
                    } catch (Throwable e) {
                        failures.add(e);
                    }
                }));
            }
            for (var thread : threads) {
                assertThat(thread.join(LENGTH.plusSeconds(60))).isTrue();
            }
            assertThat(failures).as("seed %d after %d answers", seed, answered.get()).isEmpty();
            assertThat(answered.get()).isGreaterThan(100);
            await().atMost(Duration.ofSeconds(20)).until(() -> server.openExchanges() == 0);
        }
        System.out.println("KeepAliveFuzzTest " + wire + " answers " + answered);
    }

    private static void answer(Exchange exchange) throws IOException {
        var abort = new CountDownLatch(1);
        exchange.onAbort(abort::countDown);
        switch (exchange.rawPath()) {
            case "/whole" -> exchange.send(200, ("whole " + exchange.rawQuery()).getBytes(StandardCharsets.UTF_8));
            case "/slow" -> {
                // Long enough for the watch to see what comes next.
                pause(abort);
                exchange.send(200, ("slow " + exchange.rawQuery()).getBytes(StandardCharsets.UTF_8));
            }
            case "/echo" -> exchange.send(200, exchange.body().readAllBytes());
            case "/unread" -> exchange.send(200, ("unread " + exchange.rawQuery()).getBytes(StandardCharsets.UTF_8));
            default -> {
                try (var out = exchange.start(200)) {
                    out.write("streamed ".getBytes(StandardCharsets.UTF_8));
                    out.flush();
                    pause(abort);
                    out.write(exchange.rawQuery().getBytes(StandardCharsets.UTF_8));
                }
            }
        }
    }

    private static void pause(CountDownLatch abort) throws IOException {
        try {
            if (abort.await(2, TimeUnit.MILLISECONDS)) {
                throw new IOException("left");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private void connection(InetSocketAddress address, Random random, AtomicLong answered) throws Exception {
        var batch = new ArrayList<Sent>();
        for (int i = 1 + random.nextInt(12); i > 0; i--) {
            batch.add(request(random));
        }
        try (var client = wire.connect(address)) {
            boolean leaves = random.nextInt(4) == 0;
            var bytes = join(batch);
            int length = leaves ? random.nextInt(bytes.length) : bytes.length;
            long splits = random.nextLong();
            var sender = Thread.ofVirtual().start(() -> sendInPieces(client, bytes, length, new Random(splits)));
            int read = leaves ? random.nextInt(2) : batch.size();
            if (!leaves) {
                for (var sent : batch.subList(0, read)) {
                    assertThat(client.answer().body()).isEqualTo(sent.answer());
                    answered.incrementAndGet();
                }
            }
            assertThat(sender.join(Duration.ofSeconds(30))).isTrue();
            if (leaves && random.nextBoolean()) {
                client.reset();
            }
        }
    }

    private static Sent request(Random random) {
        var mark = Integer.toString(random.nextInt(1_000_000));
        var body = mark + "-" + "x".repeat(random.nextInt(3) == 0 ? random.nextInt(20_000) : random.nextInt(20));
        return switch (random.nextInt(6)) {
            case 0 -> new Sent("GET /whole?" + mark + " HTTP/1.1\r\nHost: x\r\n\r\n", "whole " + mark);
            case 1 -> new Sent("GET /slow?" + mark + " HTTP/1.1\r\nHost: x\r\n\r\n", "slow " + mark);
            case 2 -> new Sent("GET /stream?" + mark + " HTTP/1.1\r\nHost: x\r\n\r\n", "streamed " + mark);
            case 3 -> new Sent("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length() + "\r\n\r\n" + body, body);
            case 4 -> new Sent("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(body, random), body);
            default -> new Sent("POST /unread?" + mark + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length() + "\r\n\r\n" + body,
                    "unread " + mark);
        };
    }

    private static String chunked(String body, Random random) {
        var text = new StringBuilder();
        for (int at = 0; at < body.length(); ) {
            int n = Math.min(body.length() - at, 1 + random.nextInt(5000));
            text.append(Integer.toHexString(n)).append("\r\n").append(body, at, at + n).append("\r\n");
            at += n;
        }
        return text + "0\r\n\r\n";
    }

    private static byte[] join(List<Sent> batch) {
        var bytes = new ByteArrayOutputStream();
        batch.forEach(sent -> bytes.writeBytes(sent.bytes().getBytes(StandardCharsets.UTF_8)));
        return bytes.toByteArray();
    }

    private static void sendInPieces(RawClient client, byte[] bytes, int length, Random random) {
        try {
            for (int at = 0; at < length; ) {
                int n = Math.min(length - at, 1 + random.nextInt(random.nextBoolean() ? 60 : 6000));
                client.send(java.util.Arrays.copyOfRange(bytes, at, at + n));
                at += n;
                if (random.nextInt(4) == 0) {
                    Thread.onSpinWait();
                    Thread.yield();
                }
            }
        } catch (IOException e) {
            throw new AssertionError("a client could not send", e);
        }
    }
}
