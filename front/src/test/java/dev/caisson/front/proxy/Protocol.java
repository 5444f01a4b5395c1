package dev.caisson.front.proxy;

import dev.caisson.front.jetty.RawClient;
import dev.caisson.front.jetty.RawH2;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The same request by HTTP/1.1 and by HTTP/2, each on a connection of its own. */
enum Protocol {
    HTTP1 {
        @Override
        RawClient.Answer get(Services services, String method, String target, String... headers) throws IOException {
            try (var client = services.client()) {
                client.request(method, target, "", with(services, headers));
                return method.equals("HEAD") ? client.head() : client.answer();
            }
        }

        @Override
        RawClient.Answer send(Services services, String target, String body, String... headers) throws IOException {
            try (var client = services.client()) {
                return client.request("POST", target, body, with(services, headers)).answer();
            }
        }

        @Override
        RawClient.Answer stream(Services services, String target, String body, List<String> trailers, String... headers)
                throws IOException {
            try (var client = services.client()) {
                client.request("POST", target, "", Stream.concat(
                        Arrays.stream(with(services, headers)), Stream.of("Transfer-Encoding: chunked")).toArray(String[]::new));
                client.send(Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n");
                for (var trailer : trailers) {
                    client.send(trailer + "\r\n");
                }
                return client.send("\r\n").answer();
            }
        }

        private static String[] with(Services services, String... headers) {
            return Stream.concat(Stream.of(services.host()), Arrays.stream(headers)).toArray(String[]::new);
        }
    },

    HTTP2 {
        @Override
        RawClient.Answer get(Services services, String method, String target, String... headers) throws IOException {
            try (var client = RawH2.connect(services.address())) {
                return client.answer(client.request(method, target, services.authority(), true, lower(headers)));
            }
        }

        @Override
        RawClient.Answer send(Services services, String target, String body, String... headers) throws IOException {
            var bytes = body.getBytes(StandardCharsets.UTF_8);
            try (var client = RawH2.connect(services.address())) {
                int stream = client.request("POST", target, services.authority(), false, Stream.concat(
                        Arrays.stream(lower(headers)), Stream.of("content-length: " + bytes.length)).toArray(String[]::new));
                client.data(stream, bytes, true);
                return client.answer(stream);
            }
        }

        @Override
        RawClient.Answer stream(Services services, String target, String body, List<String> trailers, String... headers)
                throws IOException {
            try (var client = RawH2.connect(services.address())) {
                int stream = client.request("POST", target, services.authority(), false, lower(headers));
                client.data(stream, body.getBytes(StandardCharsets.UTF_8), trailers.isEmpty());
                if (!trailers.isEmpty()) {
                    client.trailers(stream, lower(trailers.toArray(String[]::new)));
                }
                return client.answer(stream);
            }
        }

        private static String[] lower(String... headers) {
            return Arrays.stream(headers)
                    .map(header -> header.substring(0, header.indexOf(':')).toLowerCase(java.util.Locale.ROOT)
                            + header.substring(header.indexOf(':')))
                    .toArray(String[]::new);
        }
    };

    /** A request without a body; of the answer to HEAD only the head. */
    abstract RawClient.Answer get(Services services, String method, String target, String... headers) throws IOException;

    /** A POST whose length is said. */
    abstract RawClient.Answer send(Services services, String target, String body, String... headers) throws IOException;

    /** A POST whose end only the framing tells. */
    abstract RawClient.Answer stream(Services services, String target, String body, List<String> trailers, String... headers)
            throws IOException;
}
