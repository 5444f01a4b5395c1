package dev.caisson.envd.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.caisson.envd.proto.FilesystemProto.EntryInfo;
import dev.caisson.envd.proto.FilesystemProto.FileType;
import dev.caisson.envd.proto.FilesystemProto.WatchDirRequest;
import dev.caisson.envd.proto.ProcessProto.ProcessEvent.EndEvent;
import dev.caisson.envd.proto.ProcessProto.ProcessInput;
import dev.caisson.envd.proto.ProcessProto.SendInputRequest;
import dev.caisson.envd.proto.ProcessProto.SendSignalRequest;
import dev.caisson.envd.proto.ProcessProto.Signal;
import dev.caisson.envd.proto.ProcessProto.StartRequest;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodecTest {

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"path\":\"p\",\"includeEntry\":true}",
        "{\"path\":\"p\",\"include_entry\":true}",
        "{\"path\":\"p\",\"includeEntry\":true,\"recursive\":null,\"unknown\":{\"a\":[1]}}",
        " {\n\"includeEntry\" : true , \"path\":\"p\"} "
    })
    void readsBothSpellingsAndIgnoresWhatItDoesNotKnow(String json) {
        assertThat(read(json, WatchDirRequest.getDefaultInstance()))
                .isEqualTo(WatchDirRequest.newBuilder().setPath("p").setIncludeEntry(true).build());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"SIGNAL_SIGKILL\"", "9"})
    void readsEnumsByNameAndNumber(String signal) {
        var request = read("{\"signal\":" + signal + "}", SendSignalRequest.getDefaultInstance());
        assertThat(request.getSignal()).isEqualTo(Signal.SIGNAL_SIGKILL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"+/8=", "+/8", "-_8=", "-_8"})
    void readsBothAlphabetsOfBase64WithAndWithoutPadding(String base64) {
        var request = read("{\"input\":{\"stdin\":\"" + base64 + "\"}}", SendInputRequest.getDefaultInstance());
        assertThat(request.getInput().getStdin()).isEqualTo(ByteString.copyFrom(new byte[] {(byte) 0xfb, (byte) 0xff}));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"7\"", "7"})
    void readsLongNumbersAsTextAndNumber(String number) {
        assertThat(read("{\"size\":" + number + "}", EntryInfo.getDefaultInstance()).getSize()).isEqualTo(7);
    }

    @Test
    void absentAndFalseDiffer() {
        assertThat(read("{}", StartRequest.getDefaultInstance()).hasStdin()).isFalse();
        assertThat(read("{\"stdin\":null}", StartRequest.getDefaultInstance()).hasStdin()).isFalse();
        assertThat(read("{\"stdin\":false}", StartRequest.getDefaultInstance()).hasStdin()).isTrue();
    }

    @Test
    void writesTheCanonicalForm() {
        var entry = EntryInfo.newBuilder()
                .setType(FileType.FILE_TYPE_FILE)
                .setSize(5)
                .setModifiedTime(Timestamp.newBuilder().setSeconds(1).setNanos(500_000_000))
                .build();
        assertThat(write(entry))
                .isEqualTo("{\"type\":\"FILE_TYPE_FILE\",\"size\":\"5\",\"modifiedTime\":\"1970-01-01T00:00:01.500Z\"}");
        assertThat(write(EndEvent.newBuilder().setExitCode(0).setExited(true).build())).isEqualTo("{\"exited\":true}");
        assertThat(write(SendInputRequest.getDefaultInstance())).isEqualTo("{}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "[]", "7", "null", "{", "{\"pid\":", "{\"process\":7}", "{\"process\":{\"pid\":-1}}", "nonsense",
        "{\"process\":{\"pid\":1,\"tag\":\"both\"}}"})
    void refusesWhatIsNoMessage(String json) {
        assertThatThrownBy(() -> read(json, SendSignalRequest.getDefaultInstance()))
                .isInstanceOfSatisfying(ConnectFailure.class, e -> assertThat(e.code()).isEqualTo(ConnectCode.INVALID_ARGUMENT));
    }

    @Test
    void refusesEndlessNesting() {
        for (var open : new String[] {"[", "{\"a\":"}) {
            assertThatThrownBy(() -> read("{\"unknown\":" + open.repeat(500_000), SendSignalRequest.getDefaultInstance()))
                    .isInstanceOf(ConnectFailure.class);
        }
        var closed = "{\"unknown\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
        assertThatThrownBy(() -> read(closed, SendSignalRequest.getDefaultInstance())).isInstanceOf(ConnectFailure.class);
    }

    @Test
    void anEmptyBodyIsAnEmptyMessageInProtobufOnly() {
        assertThat(Codec.PROTOBUF.decode(new byte[0], SendSignalRequest.getDefaultInstance()))
                .isEqualTo(SendSignalRequest.getDefaultInstance());
        assertThatThrownBy(() -> Codec.PROTOBUF.decode(new byte[] {8}, SendSignalRequest.getDefaultInstance()))
                .isInstanceOfSatisfying(ConnectFailure.class, e -> assertThat(e.code()).isEqualTo(ConnectCode.INVALID_ARGUMENT));
    }

    @Test
    void takesInputsOfTensOfMegabytes() {
        var data = ByteString.copyFrom(new byte[20 << 20]);
        var json = Codec.JSON.encode(SendInputRequest.newBuilder()
                .setInput(ProcessInput.newBuilder().setStdin(data))
                .build());
        assertThat(Codec.JSON.decode(json, SendInputRequest.getDefaultInstance()).getInput().getStdin()).isEqualTo(data);
    }

    @Test
    void exitCodesAreZigzag() {
        assertThat(Codec.PROTOBUF.encode(EndEvent.newBuilder().setExitCode(-1).build())).containsExactly(8, 1);
        assertThat(Codec.PROTOBUF.encode(EndEvent.newBuilder().setExitCode(1).build())).containsExactly(8, 2);
    }

    private static <M extends Message> M read(String json, M prototype) {
        return Codec.JSON.decode(json.getBytes(StandardCharsets.UTF_8), prototype);
    }

    private static String write(Message message) {
        return new String(Codec.JSON.encode(message), StandardCharsets.UTF_8);
    }
}
