// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QDir>
#include <QFile>
#include <QString>
#include <QStringList>

#include <vector>

namespace interlock {

/// One piece of a recorded talk with a management interface, as it went over the wire.
struct Utterance
{
    bool isServer = false;
    QByteArray bytes;
};

/// Bytes of a transcript's text, where `\r`, `\n`, `\t`, `\\` and `\xNN` stand for what they say.
inline QByteArray unescaped(const QByteArray &text)
{
    QByteArray bytes;
    for (qsizetype at = 0; at < text.size(); ++at) {
        if (text[at] != '\\' || at + 1 == text.size()) {
            bytes += text[at];
            continue;
        }
        const char escape = text[++at];
        if (escape == 'x') {
            bytes += QByteArray::fromHex(text.mid(at + 1, 2));
            at += 2;
        } else {
            bytes += escape == 'r' ? '\r' : escape == 'n' ? '\n' : escape == 't' ? '\t' : escape;
        }
    }
    return bytes;
}

/// Files of tests/fixtures/openvpn/transcripts, by name.
inline QStringList transcriptNames()
{
    return QDir(QStringLiteral(INTERLOCK_FIXTURES "/openvpn/transcripts")).entryList({QStringLiteral("*.txt")});
}

/// What was said in `name`; empty if there is no such file.
inline std::vector<Utterance> readTranscript(const QString &name)
{
    QFile file(QStringLiteral(INTERLOCK_FIXTURES "/openvpn/transcripts/") + name);
    std::vector<Utterance> talk;
    if (!file.open(QIODevice::ReadOnly))
        return talk;
    for (const auto &line : file.readAll().split('\n')) {
        const auto speaker = line.startsWith('[') ? line.indexOf("] ") + 2 : 0;
        if (speaker > 2 && (line.mid(speaker, 3) == "S: " || line.mid(speaker, 3) == "C: "))
            talk.push_back({line[speaker] == 'S', unescaped(line.mid(speaker + 3))});
    }
    return talk;
}

/// Everything that the server said in `name`.
inline QByteArray serverBytes(const QString &name)
{
    QByteArray bytes;
    for (const auto &utterance : readTranscript(name)) {
        if (utterance.isServer)
            bytes += utterance.bytes;
    }
    return bytes;
}

} // namespace interlock
