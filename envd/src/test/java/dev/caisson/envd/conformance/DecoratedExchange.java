package dev.caisson.envd.conformance;

import com.sun.net.httpserver.HttpExchange;
import dev.caisson.envd.conformance.proto.ConformanceProto.Header;
import dev.caisson.http.Json;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Adds what the connect package leaves out because envd has no use for it, and the suite looks at in every answer: trailers, and
 * the details of errors.
 */
final class DecoratedExchange extends JdkExchange {
    private static final int END = 0x02;
    private static final int HEAD = 5;
    private static final JsonMapper JSON = new JsonMapper();

    private final Map<String, List<String>> trailers = new LinkedHashMap<>();
    private final List<Map<String, String>> details = new ArrayList<>();

    DecoratedExchange(HttpExchange inner) {
        super(inner);
    }

    void trailer(Header trailer) {
        trailers.computeIfAbsent(trailer.getName(), _ -> new ArrayList<>()).addAll(trailer.getValueList());
    }

    /** @param value as {@code contract/envd.md} §1.4 spells it: base64 without padding */
    void detail(String type, String value) {
        details.add(Map.of("type", type, "value", value));
    }

    @Override
    public void send(int status, byte[] body) throws IOException {
        trailers.forEach((name, values) -> values.forEach(value -> addHeader("Trailer-" + name, value)));
        readToTheEnd();
        super.send(status, status == 200 || details.isEmpty() ? body : Json.bytes(withDetails((ObjectNode) JSON.readTree(body))));
    }

    @Override
    public OutputStream start(int status) throws IOException {
        return new LastFrame(super.start(status));
    }

    /** With something unread the JDK's server resets the connection, and the answer is lost. */
    private void readToTheEnd() throws IOException {
        body().transferTo(OutputStream.nullOutputStream());
    }

    private ObjectNode withDetails(ObjectNode error) {
        if (!details.isEmpty()) {
            error.set("details", JSON.valueToTree(details));
        }
        return error;
    }

    /** Rewrites the envelope that ends a stream; each comes in one write. */
    private final class LastFrame extends FilterOutputStream {
        LastFrame(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (bytes[offset] != END) {
                out.write(bytes, offset, length);
                return;
            }
            readToTheEnd();
            var end = (ObjectNode) JSON.readTree(new String(bytes, offset + HEAD, length - HEAD, java.nio.charset.StandardCharsets.UTF_8));
            if (end.get("error") instanceof ObjectNode error) {
                withDetails(error);
            }
            if (!trailers.isEmpty()) {
                end.set("metadata", JSON.valueToTree(trailers));
            }
            var payload = Json.bytes(end);
            var frame = new ByteArrayOutputStream();
            frame.writeBytes(ByteBuffer.allocate(HEAD).put((byte) END).putInt(payload.length).array());
            frame.writeBytes(payload);
            frame.writeTo(out);
        }
    }
}
