package dev.caisson.envd.connect;

import dev.caisson.http.Exchange;

/**
 * What a method knows about the call it answers.
 *
 * @param <C> what the server's owner knows about the caller
 */
public record Call<C>(C caller, Exchange exchange, Deadline deadline) {}
