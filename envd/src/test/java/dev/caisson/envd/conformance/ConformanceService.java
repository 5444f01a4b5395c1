package dev.caisson.envd.conformance;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.caisson.envd.conformance.proto.ConformanceProto.ClientStreamRequest;
import dev.caisson.envd.conformance.proto.ConformanceProto.ConformancePayload;
import dev.caisson.envd.conformance.proto.ConformanceProto.ConformancePayload.RequestInfo;
import dev.caisson.envd.conformance.proto.ConformanceProto.Error;
import dev.caisson.envd.conformance.proto.ConformanceProto.Header;
import dev.caisson.envd.conformance.proto.ConformanceProto.IdempotentUnaryRequest;
import dev.caisson.envd.conformance.proto.ConformanceProto.Response;
import dev.caisson.envd.conformance.proto.ConformanceProto.ServerStreamRequest;
import dev.caisson.envd.conformance.proto.ConformanceProto.UnaryRequest;
import dev.caisson.envd.conformance.proto.ConformanceProto.UnaryResponseDefinition;
import dev.caisson.envd.connect.Call;
import dev.caisson.envd.connect.ConnectCode;
import dev.caisson.envd.connect.ConnectFailure;
import dev.caisson.envd.connect.ConnectMethod;
import dev.caisson.envd.connect.ConnectMethod.Requests;
import dev.caisson.envd.connect.ConnectMethod.Responses;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** The suite's service: every request says how it wants to be answered. */
final class ConformanceService {
    private static final String PATH = "/connectrpc.conformance.v1.ConformanceService/";
    private final Forms forms;

    ConformanceService(Forms forms) {
        this.forms = forms;
    }

    List<ConnectMethod<DecoratedExchange>> methods() {
        return List.of(
                new ConnectMethod.Unary<DecoratedExchange, Message, Message>(
                        PATH + "Unary", forms.prototype(UnaryRequest.getDefaultInstance()), this::unary),
                new ConnectMethod.Unary<DecoratedExchange, Message, Message>(
                        PATH + "IdempotentUnary", forms.prototype(IdempotentUnaryRequest.getDefaultInstance()), this::idempotent),
                new ConnectMethod.Unary<DecoratedExchange, Message, Message>(
                        PATH + "Unimplemented", forms.prototype(UnaryRequest.getDefaultInstance()), this::unimplemented),
                new ConnectMethod.ClientStream<DecoratedExchange, Message, Message>(
                        PATH + "ClientStream", forms.prototype(ClientStreamRequest.getDefaultInstance()), this::clientStream),
                new ConnectMethod.ServerStream<DecoratedExchange, Message, Message>(
                        PATH + "ServerStream", forms.prototype(ServerStreamRequest.getDefaultInstance()), this::serverStream));
    }

    private Message unary(Call<DecoratedExchange> call, Message message) {
        var request = forms.typed(message, UnaryRequest.getDefaultInstance());
        return answer(call, request.getResponseDefinition(), List.of(request));
    }

    private Message idempotent(Call<DecoratedExchange> call, Message message) {
        var request = forms.typed(message, IdempotentUnaryRequest.getDefaultInstance());
        return answer(call, request.getResponseDefinition(), List.of(request));
    }

    private Message unimplemented(Call<DecoratedExchange> call, Message message) {
        throw new ConnectFailure(ConnectCode.UNIMPLEMENTED, "not to be implemented");
    }

    private Message clientStream(Call<DecoratedExchange> call, Requests<Message> messages) throws IOException {
        var requests = new ArrayList<ClientStreamRequest>();
        for (var message = messages.next(); message.isPresent(); message = messages.next()) {
            requests.add(forms.typed(message.get(), ClientStreamRequest.getDefaultInstance()));
        }
        var definition = requests.isEmpty()
                ? UnaryResponseDefinition.getDefaultInstance()
                : requests.getFirst().getResponseDefinition();
        return answer(call, definition, requests);
    }

    private Message answer(Call<DecoratedExchange> call, UnaryResponseDefinition definition, List<? extends Message> requests) {
        definition.getResponseHeadersList().forEach(header -> addHeader(call, header));
        definition.getResponseTrailersList().forEach(call.caller()::trailer);
        pause(call, definition.getResponseDelayMs());
        var info = info(call, requests);
        if (definition.hasError()) {
            throw failure(call, definition.getError(), List.of(Any.pack(info)));
        }
        return forms.sent(response(ConformancePayload.newBuilder().setData(definition.getResponseData()).setRequestInfo(info)));
    }

    private void serverStream(Call<DecoratedExchange> call, Message message, Responses<Message> responses) throws IOException {
        var request = forms.typed(message, ServerStreamRequest.getDefaultInstance());
        var definition = request.getResponseDefinition();
        definition.getResponseHeadersList().forEach(header -> addHeader(call, header));
        definition.getResponseTrailersList().forEach(call.caller()::trailer);
        var info = info(call, List.of(request));
        var first = true;
        for (ByteString data : definition.getResponseDataList()) {
            pause(call, definition.getResponseDelayMs());
            var payload = ConformancePayload.newBuilder().setData(data);
            responses.send(forms.sent(response(first ? payload.setRequestInfo(info) : payload)));
            first = false;
        }
        if (definition.hasError()) {
            throw failure(call, definition.getError(), first ? List.of(Any.pack(info)) : List.of());
        }
    }

    private static Response response(ConformancePayload.Builder payload) {
        return Response.newBuilder().setPayload(payload).build();
    }

    private static RequestInfo info(Call<DecoratedExchange> call, List<? extends Message> requests) {
        var info = RequestInfo.newBuilder();
        var exchange = call.exchange();
        exchange.headerNames().forEach(name ->
                info.addRequestHeaders(Header.newBuilder().setName(name).addAllValue(exchange.headers(name))));
        exchange.header("Connect-Timeout-Ms").ifPresent(timeout -> info.setTimeoutMs(Long.parseLong(timeout)));
        requests.forEach(request -> info.addRequests(Any.pack(request)));
        return info.build();
    }

    private static ConnectFailure failure(Call<DecoratedExchange> call, Error error, List<Any> more) {
        var details = new ArrayList<>(error.getDetailsList());
        details.addAll(more);
        details.forEach(detail -> call.caller().detail(
                detail.getTypeUrl().substring(detail.getTypeUrl().lastIndexOf('/') + 1),
                Base64.getEncoder().withoutPadding().encodeToString(detail.getValue().toByteArray())));
        return new ConnectFailure(ConnectCode.valueOf(error.getCode().name().substring("CODE_".length())), error.getMessage());
    }

    private static void addHeader(Call<DecoratedExchange> call, Header header) {
        header.getValueList().forEach(value -> call.exchange().addHeader(header.getName(), value));
    }

    private static void pause(Call<DecoratedExchange> call, int milliseconds) {
        var wanted = Duration.ofMillis(milliseconds);
        var end = System.nanoTime() + call.deadline().within(wanted).toNanos();
        for (var left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        if (call.deadline().passed()) {
            throw ConnectFailure.deadline();
        }
    }
}
