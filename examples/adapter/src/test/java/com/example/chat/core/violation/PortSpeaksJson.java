package com.example.chat.core.violation;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

public interface PortSpeaksJson {
    List<JsonNode> greetings();
}
