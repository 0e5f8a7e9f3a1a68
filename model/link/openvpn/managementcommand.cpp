// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/openvpn/managementcommand.h"

#include <algorithm>

namespace interlock::openvpn {

using namespace Qt::StringLiterals;

namespace {

QByteArray numbers(const char *verb, ClientId cid, KeyId kid)
{
    return QByteArray(verb) + ' ' + QByteArray::number(cid.value) + ' ' + QByteArray::number(kid.value);
}

/// Also the controls above 0x7f, which the server passes on: they would reach somebody's terminal.
bool hasControls(QStringView text)
{
    return std::any_of(text.begin(), text.end(), [](QChar c) {
        if (c.unicode() >= 0x20 && c.unicode() < 0x7f)
            return false; // without a look into the tables: lines of answers are nothing else
        return c.category() == QChar::Other_Control || c == QChar::LineSeparator || c == QChar::ParagraphSeparator;
    });
}

Expected<QByteArray> quoted(QStringView text)
{
    if (hasControls(text))
        return fail(ErrorKind::Invalid, u"a text with control characters is not sent to an OpenVPN server"_s);
    const auto bytes = text.toUtf8();
    if (bytes.size() > ManagementCommand::kMaxParameter)
        return fail(ErrorKind::Limit,
                    u"an OpenVPN server takes texts of at most %1 bytes"_s.arg(ManagementCommand::kMaxParameter));
    QByteArray result = "\"";
    for (const char c : bytes) {
        if (c == '"' || c == '\\')
            result += '\\';
        result += c;
    }
    return result + '"';
}

Expected<QByteArray> blockLine(const QString &line)
{
    if (line.isEmpty() || line == u"END"_s || hasControls(line))
        return fail(ErrorKind::Invalid, u"a line that is empty, END or has control characters is not sent"_s);
    auto bytes = line.toUtf8();
    if (bytes.size() > ManagementCommand::kMaxBlockLine)
        return fail(ErrorKind::Limit,
                    u"a line of an answer has at most %1 bytes, this one %2"_s.arg(
                        QString::number(ManagementCommand::kMaxBlockLine), QString::number(bytes.size())));
    return bytes;
}

} // namespace

Expected<ManagementCommand> ManagementCommand::password(const QByteArray &secret)
{
    if (secret.isEmpty() || std::any_of(secret.begin(), secret.end(), [](char c) {
            const auto byte = static_cast<unsigned char>(c);
            return byte < 0x20 || byte == 0x7f;
        }))
        return fail(ErrorKind::Invalid, u"the management password is empty or has control characters"_s);
    if (secret.size() > kMaxCommandLine)
        return fail(ErrorKind::Limit, u"the management password is too long"_s);
    return ManagementCommand("password"_L1, secret + '\n', AnswerShape::SingleLine);
}

ManagementCommand ManagementCommand::holdRelease()
{
    return {"hold release"_L1, "hold release\n", AnswerShape::SingleLine};
}

ManagementCommand ManagementCommand::stateOn()
{
    return {"state on"_L1, "state on\n", AnswerShape::SingleLine};
}

ManagementCommand ManagementCommand::logOn()
{
    return {"log on"_L1, "log on\n", AnswerShape::SingleLine};
}

ManagementCommand ManagementCommand::logOff()
{
    return {"log off"_L1, "log off\n", AnswerShape::SingleLine};
}

ManagementCommand ManagementCommand::state()
{
    return {"state"_L1, "state\n", AnswerShape::MultiLine};
}

ManagementCommand ManagementCommand::byteCount(std::chrono::seconds interval)
{
    const auto seconds = std::clamp<qint64>(interval.count(), 0, 86'400);
    return {"bytecount"_L1, "bytecount " + QByteArray::number(seconds) + '\n', AnswerShape::SingleLine};
}

ManagementCommand ManagementCommand::status3()
{
    return {"status"_L1, "status 3\n", AnswerShape::MultiLine};
}

ManagementCommand ManagementCommand::version()
{
    return {"version"_L1, "version\n", AnswerShape::MultiLine};
}

ManagementCommand ManagementCommand::pid()
{
    return {"pid"_L1, "pid\n", AnswerShape::SingleLine};
}

ManagementCommand ManagementCommand::envFilterOff()
{
    return {"env-filter"_L1, "env-filter 0\n", AnswerShape::SingleLine};
}

Expected<ManagementCommand> ManagementCommand::clientAuth(ClientId cid, KeyId kid, std::span<const QString> lines)
{
    if (lines.size() > kMaxBlockLines)
        return fail(ErrorKind::Limit,
                    u"an answer has at most %1 lines, this one %2"_s.arg(kMaxBlockLines).arg(lines.size()));
    auto block = numbers("client-auth", cid, kid) + '\n';
    for (const auto &line : lines) {
        const auto bytes = blockLine(line);
        if (!bytes)
            return fail(bytes.error());
        block += *bytes + '\n';
    }
    return ManagementCommand("client-auth"_L1, block + "END\n", AnswerShape::SingleLine);
}

ManagementCommand ManagementCommand::clientAuthNt(ClientId cid, KeyId kid)
{
    return {"client-auth-nt"_L1, numbers("client-auth-nt", cid, kid) + '\n', AnswerShape::SingleLine};
}

Expected<ManagementCommand> ManagementCommand::clientDeny(ClientId cid, KeyId kid, QStringView reason,
                                                          QStringView clientReason)
{
    const auto forLog = quoted(reason);
    const auto forClient = quoted(clientReason);
    if (!forLog || !forClient)
        return fail(forLog ? forClient.error() : forLog.error());
    auto line = numbers("client-deny", cid, kid) + ' ' + *forLog;
    if (!clientReason.isEmpty())
        line += ' ' + *forClient;
    if (line.size() > kMaxCommandLine)
        return fail(ErrorKind::Limit, u"the two reasons make a command that is too long"_s);
    return ManagementCommand("client-deny"_L1, line + '\n', AnswerShape::SingleLine);
}

Expected<ManagementCommand> ManagementCommand::clientRevoke(ClientId cid, QStringView reason)
{
    const auto message = quoted(u"AUTH_FAILED,"_s + reason.toString());
    if (!message)
        return fail(message.error());
    return ManagementCommand("client-kill"_L1, "client-kill " + QByteArray::number(cid.value) + ' ' + *message + '\n',
                             AnswerShape::SingleLine);
}

ManagementCommand ManagementCommand::clientKill(ClientId cid, KillMessage message)
{
    auto line = "client-kill " + QByteArray::number(cid.value);
    if (message == KillMessage::Halt)
        line += " \"HALT\"";
    return {"client-kill"_L1, line + '\n', AnswerShape::SingleLine};
}

ManagementCommand ManagementCommand::signal(ServerSignal signal)
{
    const char *name = "SIGTERM";
    switch (signal) {
    case ServerSignal::Hup:
        name = "SIGHUP";
        break;
    case ServerSignal::Usr1:
        name = "SIGUSR1";
        break;
    case ServerSignal::Usr2:
        name = "SIGUSR2";
        break;
    case ServerSignal::Term:
        break;
    }
    return {"signal"_L1, QByteArray("signal ") + name + '\n', AnswerShape::SingleLine};
}

} // namespace interlock::openvpn
