package dev.caisson.front.rest;

import java.time.Duration;

/** What a team may do when nobody says otherwise. */
public record TeamLimits(int maxSandboxes, Duration maxLength) {}
