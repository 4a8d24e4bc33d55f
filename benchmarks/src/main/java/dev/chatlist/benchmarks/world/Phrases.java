package dev.chatlist.benchmarks.world;

import java.util.List;

/** The names and texts of a world. They are in many scripts, as real chats are. */
final class Phrases {
    static final List<String> NAMES = List.of(
            "Ada",
            "Björn",
            "Chiamaka",
            "Dmitri",
            "Élodie",
            "Farid",
            "Giulia",
            "Hồng",
            "Ines",
            "Jürgen",
            "Keiko",
            "Luís",
            "Мария",
            "Νίκος",
            "Олег",
            "Priya",
            "Quentin",
            "Róisín",
            "سارة",
            "陳美玲",
            "さくら",
            "지훈",
            "अनिता",
            "ანა",
            "Zoë",
            "ทิพย์");

    static final List<String> REMARKS = List.of(
            "Has anybody seen the new collection?",
            "I'll be ten minutes late, start without me.",
            "Das klingt gut, ich schaue es mir heute Abend an.",
            "On se retrouve à la gare à 18 h ?",
            "¿Quién trae la cuerda? Yo llevo el agua.",
            "Давайте перенесём встречу на завтра, у меня поезд.",
            "我已经把文件发给你了，请查收。",
            "明日の会議は10時からでよろしいでしょうか。",
            "내일 점심 같이 먹을래요? 🍜",
            "هل يمكنك إرسال الرابط مرة أخرى؟",
            "कल की मीटिंग कितने बजे है?",
            "ขอบคุณมากครับ เจอกันพรุ่งนี้",
            "😂😂😂 that made my day",
            "She said \"never again\" and bought two more.",
            "gm ☀️",
            "wagmi 🚀",
            "ok",
            "+1",
            "See https://example.org/items/4211?ref=chat#details for the whole story.",
            "Line one\nLine two, and C:\\temp\\report.txt is where it lies.",
            "The floor went up again, I should have bought last week when everybody was asleep.",
            "Please keep it to the thread, so that the others can follow tomorrow.",
            "Jeg kommer litt senere, toget står ved Lillestrøm.",
            "Đã nhận được, cảm ơn bạn nhiều!");

    static final List<String> TOPICS = List.of(
            "Sunday hikes",
            "Release 4.2",
            "Familie",
            "Книжный клуб",
            "読書会",
            "Apartment 12b",
            "Board games",
            "Trip ✈️",
            "On call",
            "Fútbol los jueves",
            "Pottery",
            "Reading group");

    private Phrases() {}
}
