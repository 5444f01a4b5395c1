package dev.caisson.envd.connect;

import dev.caisson.base.CaissonException;
import dev.caisson.http.Exchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers calls of the methods it was given. Safe for use by many threads.
 *
 * @param <C> as of {@link Call}
 */
public final class ConnectServer<C> {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectServer.class);
    private static final String VERSION = "1";

    private final Map<String, ConnectMethod<C>> methods;
    private final CallRunner<C> runner;
    private final Function<CaissonException, ConnectFailure> failures;

    /**
     * @param maxMessageBytes of one request message, packed or not
     * @param maxTotalBytes of the request messages of all calls at a time, at least {@code maxMessageBytes}
     * @param failures says what clients see of errors that handlers did not translate
     */
    public ConnectServer(
            List<ConnectMethod<C>> methods,
            int maxMessageBytes,
            long maxTotalBytes,
            Alarms alarms,
            Function<CaissonException, ConnectFailure> failures) {
        this.methods = methods.stream().collect(Collectors.toUnmodifiableMap(ConnectMethod::path, Function.identity()));
        this.runner = new CallRunner<>(new MessageMemory(maxMessageBytes, maxTotalBytes), alarms);
        this.failures = failures;
    }

    /** Whether the path names one of the methods. */
    public boolean serves(String path) {
        return methods.containsKey(path);
    }

    /** Answers a call of a method that {@link #serves}. An {@link IOException} means that the client is gone. */
    public void handle(Exchange exchange, C caller) throws IOException {
        var method = Optional.ofNullable(methods.get(exchange.rawPath())).orElseThrow();
        if (!exchange.method().equals("POST")) {
            exchange.setHeader("Allow", "POST");
            refuse(exchange, 405, "only POST calls " + method.path());
            return;
        }
        var type = exchange.header("Content-Type").flatMap(ContentType::parse).filter(t -> t.stream() == method.stream());
        if (type.isEmpty()) {
            exchange.setHeader("Accept-Post", acceptable(method));
            refuse(exchange, 415, "the Content-Type of " + method.path() + " is one of " + acceptable(method));
            return;
        }
        answer(exchange, caller, method, type.get());
    }

    private void answer(Exchange exchange, C caller, ConnectMethod<C> method, ContentType type) throws IOException {
        switch (method) {
            case ConnectMethod.Unary<C, ?, ?> unary -> {
                var answer = new UnaryAnswer(exchange, type);
                guard(exchange, answer, () -> runner.unary(unary, call(exchange, caller), type, answer));
            }
            case ConnectMethod.Listing<C, ?, ?> listing -> {
                var answer = new ListingAnswer(exchange, type, listing.list());
                guard(exchange, answer, () -> runner.listing(listing, call(exchange, caller), type, answer));
            }
            case ConnectMethod.ServerStream<C, ?, ?> stream -> {
                var answer = new StreamAnswer(exchange, type);
                guard(exchange, answer, () -> runner.serverStream(stream, call(exchange, caller), type, answer));
            }
            case ConnectMethod.ClientStream<C, ?, ?> stream -> {
                var answer = new StreamAnswer(exchange, type);
                guard(exchange, answer, () -> runner.clientStream(stream, call(exchange, caller), type, answer));
            }
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private void guard(Exchange exchange, Answer answer, Work work) throws IOException {
        ConnectFailure failure;
        try {
            work.run();
            return;
        } catch (CallBroken e) {
            LOG.debug("cut {} off: {}", exchange.rawPath(), e.getMessage());
            exchange.abort();
            return;
        } catch (ConnectFailure e) {
            failure = e;
        } catch (CaissonException e) {
            failure = failures.apply(e);
        } catch (RuntimeException e) {
            LOG.error("the call {} failed unexpectedly", exchange.rawPath(), e);
            failure = new ConnectFailure(ConnectCode.INTERNAL, "the call failed by a defect of the server; its log says more", e);
        }
        answer.fail(failure);
    }

    private Call<C> call(Exchange exchange, C caller) {
        var version = exchange.header("Connect-Protocol-Version");
        if (version.isPresent() && !version.get().equals(VERSION)) {
            throw ConnectFailure.invalid("Connect-Protocol-Version must be \"1\", not \"" + version.get() + "\"");
        }
        var deadline = Deadline.parse(exchange.header("Connect-Timeout-Ms"));
        if (deadline.passed()) {
            throw ConnectFailure.deadline();
        }
        return new Call<>(caller, exchange, deadline);
    }

    private static String acceptable(ConnectMethod<?> method) {
        return List.of(Codec.values()).stream()
                .map(codec -> new ContentType(method.stream(), codec).wireName())
                .collect(Collectors.joining(", "));
    }

    private static void refuse(Exchange exchange, int status, String text) throws IOException {
        exchange.setHeader("Content-Type", "text/plain; charset=utf-8");
        exchange.send(status, (text + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
