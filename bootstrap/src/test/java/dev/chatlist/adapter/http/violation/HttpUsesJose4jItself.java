package dev.chatlist.adapter.http.violation;

import org.jose4j.jwt.JwtClaims;

public record HttpUsesJose4jItself(JwtClaims claims) {}
