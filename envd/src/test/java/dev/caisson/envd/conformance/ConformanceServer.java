package dev.caisson.envd.conformance;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.caisson.envd.conformance.proto.ConformanceProto.ServerCompatRequest;
import dev.caisson.envd.conformance.proto.ConformanceProto.ServerCompatResponse;
import dev.caisson.envd.connect.Alarms;
import dev.caisson.envd.connect.ConnectCode;
import dev.caisson.envd.connect.ConnectFailure;
import dev.caisson.envd.connect.ConnectServer;
import dev.caisson.http.HandlerCall;
import dev.caisson.http.HttpException;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;

/**
 * The program under test: is told by standard input what to serve, says by standard output where it does, and runs until it is
 * killed. Each message has its length before it.
 */
final class ConformanceServer {
    private static final int USUAL_LIMIT = 16 << 20;

    private final ConnectServer<DecoratedExchange> binary;
    private final ConnectServer<DecoratedExchange> json;

    private ConformanceServer(int limit) {
        binary = server(false, limit);
        json = server(true, limit);
    }

    private static ConnectServer<DecoratedExchange> server(boolean json, int limit) {
        return new ConnectServer<>(
                new ConformanceService(new Forms(json)).methods(), limit, 64L * limit, new Alarms(),
                e -> new ConnectFailure(ConnectCode.INTERNAL, String.valueOf(e.getMessage()), e));
    }

    public static void main(String[] arguments) throws IOException {
        var in = new DataInputStream(System.in);
        var request = ServerCompatRequest.parseFrom(in.readNBytes(in.readInt()));
        var limit = request.getMessageReceiveLimit();
        var server = new ConformanceServer(limit == 0 ? USUAL_LIMIT : limit);
        var http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        http.createContext("/", server::handle);
        http.start();
        var answer = ServerCompatResponse.newBuilder()
                .setHost(http.getAddress().getAddress().getHostAddress())
                .setPort(http.getAddress().getPort())
                .build()
                .toByteArray();
        var out = new DataOutputStream(System.out);
        out.writeInt(answer.length);
        out.write(answer);
        out.flush();
    }

    private void handle(HttpExchange inner) throws IOException {
        var exchange = new DecoratedExchange(inner);
        var server = exchange.header("Content-Type").orElse("").contains("json") ? json : binary;
        HandlerCall.run(e -> {
            if (!server.serves(e.rawPath())) {
                throw HttpException.withStatus(404, "there is no method " + e.rawPath());
            }
            server.handle(e, exchange);
        }, exchange);
        inner.getRequestBody().close();
        inner.getResponseBody().close();
    }
}
