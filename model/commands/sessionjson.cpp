// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/sessionjson.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

template <typename T>
QJsonValue textOrNull(const std::optional<T> &value)
{
    return value ? QJsonValue(value->toString()) : QJsonValue(QJsonValue::Null);
}

QJsonArray prefixArray(const std::vector<Prefix> &prefixes)
{
    QJsonArray array;
    for (const Prefix &prefix : prefixes)
        array.append(prefix.toString());
    return array;
}

tl::unexpected<Error> wrong(const QString &key)
{
    return fail(ErrorKind::Invalid, u"'%1' of a session is missing or not of its kind"_s.arg(key));
}

/// Takes fields out of an object; the first one that is wrong is kept.
class Reader
{
public:
    explicit Reader(const QJsonObject &object) : m_object(object) {}

    [[nodiscard]] const std::optional<Error> &error() const { return m_error; }

    void read(const QString &key, QString &into)
    {
        if (const QJsonValue value = m_object.value(key); value.isString())
            into = value.toString();
        else
            refuse(wrong(key).value());
    }
    void read(const QString &key, qint64 &into)
    {
        const QJsonValue value = m_object.value(key);
        if (value.isDouble() && value.toInteger(-1) == value.toInteger(-2))
            into = value.toInteger();
        else
            refuse(wrong(key).value());
    }
    void read(const QString &key, double &into)
    {
        if (const QJsonValue value = m_object.value(key); value.isDouble())
            into = value.toDouble();
        else
            refuse(wrong(key).value());
    }
    void read(const QString &key, QStringList &into)
    {
        for (const auto &value : arrayOf(key)) {
            if (!value.isString())
                refuse(wrong(key).value());
            into.append(value.toString());
        }
    }
    void read(const QString &key, std::vector<Prefix> &into)
    {
        for (const auto &value : arrayOf(key)) {
            if (auto prefix = Prefix::parse(value.toString()))
                into.push_back(*prefix);
            else
                refuse(prefix.error());
        }
    }
    template <typename T>
    void read(const QString &key, std::optional<T> &into)
    {
        if (m_object.value(key).isNull())
            return;
        QString text;
        read(key, text);
        if (auto value = T::parse(text))
            into = *std::move(value);
        else
            refuse(value.error());
    }
    template <NamedEnum T>
    void read(const QString &key, T &into)
    {
        QString text;
        read(key, text);
        if (const auto value = parseEnum<T>(text))
            into = *value;
        else
            refuse(value.error());
    }
    void read(const QString &key, Timestamp &into)
    {
        std::optional<Timestamp> moment;
        read(key, moment);
        if (moment)
            into = *moment;
        else
            refuse(wrong(key).value());
    }

private:
    QJsonArray arrayOf(const QString &key)
    {
        if (!m_object.value(key).isArray())
            refuse(wrong(key).value());
        return m_object.value(key).toArray();
    }
    void refuse(const Error &error)
    {
        if (!m_error)
            m_error = error;
    }

    const QJsonObject &m_object;
    std::optional<Error> m_error;
};

} // namespace

QJsonObject sessionJson(const SessionFact &fact)
{
    return {
        {u"session"_s, fact.key.toString()},
        {u"instance"_s, fact.key.instance.toString()},
        {u"generation"_s, fact.key.generation},
        {u"cid"_s, fact.key.cid},
        {u"cn"_s, textOrNull(fact.cn)},
        {u"username"_s, fact.username},
        {u"realAddress"_s, fact.realAddress},
        {u"address"_s, textOrNull(fact.address)},
        {u"address6"_s, textOrNull(fact.address6)},
        {u"connectedSince"_s, fact.connectedSince.toString()},
        {u"lastSeen"_s, textOrNull(fact.lastSeen)},
        {u"bytesIn"_s, fact.bytesIn},
        {u"bytesOut"_s, fact.bytesOut},
        {u"rateIn"_s, fact.rateIn},
        {u"rateOut"_s, fact.rateOut},
        {u"state"_s, enumText(fact.state)},
        {u"routes"_s, enumText(fact.routes)},
        {u"waitingFor"_s, textOrNull(fact.waitingFor)},
        {u"declared"_s, prefixArray(fact.declared)},
        {u"installed"_s, prefixArray(fact.installed)},
        {u"answer"_s, QJsonArray::fromStringList(fact.answer)},
        {u"alerts"_s, QJsonArray::fromStringList(fact.alerts)},
        {u"clientVersion"_s, fact.clientVersion},
        {u"platform"_s, fact.platform},
    };
}

Expected<SessionFact> parseSession(const QJsonObject &object)
{
    auto key = SessionKey::parse(object.value("session"_L1).toString());
    if (!key)
        return fail(key.error());
    SessionFact fact{*std::move(key)};
    Reader reader(object);
    reader.read(u"cn"_s, fact.cn);
    reader.read(u"username"_s, fact.username);
    reader.read(u"realAddress"_s, fact.realAddress);
    reader.read(u"address"_s, fact.address);
    reader.read(u"address6"_s, fact.address6);
    reader.read(u"connectedSince"_s, fact.connectedSince);
    reader.read(u"lastSeen"_s, fact.lastSeen);
    reader.read(u"bytesIn"_s, fact.bytesIn);
    reader.read(u"bytesOut"_s, fact.bytesOut);
    reader.read(u"rateIn"_s, fact.rateIn);
    reader.read(u"rateOut"_s, fact.rateOut);
    reader.read(u"state"_s, fact.state);
    reader.read(u"routes"_s, fact.routes);
    reader.read(u"waitingFor"_s, fact.waitingFor);
    reader.read(u"declared"_s, fact.declared);
    reader.read(u"installed"_s, fact.installed);
    reader.read(u"answer"_s, fact.answer);
    reader.read(u"alerts"_s, fact.alerts);
    reader.read(u"clientVersion"_s, fact.clientVersion);
    reader.read(u"platform"_s, fact.platform);
    if (reader.error())
        return fail(*reader.error());
    return fact;
}

QJsonObject sessionEventJson(const SessionEvent &event)
{
    QJsonObject object{{u"event"_s, enumText(event.kind)}, {u"at"_s, event.at.toString()}};
    if (event.kind == SessionEventKind::Alert)
        object.insert(u"alert"_s, event.text);
    const QJsonObject session = sessionJson(event.session);
    for (auto field = session.begin(); field != session.end(); ++field)
        object.insert(field.key(), field.value());
    return object;
}

QJsonObject sessionHistoryJson(const SessionHistoryRow &row)
{
    return {
        {u"session"_s, row.key.toString()},
        {u"instance"_s, row.key.instance.toString()},
        {u"generation"_s, row.key.generation},
        {u"cid"_s, row.key.cid},
        {u"cn"_s, textOrNull(row.cn)},
        {u"username"_s, row.username},
        {u"realAddress"_s, row.realAddress},
        {u"address"_s, textOrNull(row.address)},
        {u"address6"_s, textOrNull(row.address6)},
        {u"connectedSince"_s, row.connectedSince.toString()},
        {u"sampledAt"_s, row.sampledAt.toString()},
        {u"endedAt"_s, textOrNull(row.endedAt)},
        {u"bytesIn"_s, row.bytesIn},
        {u"bytesOut"_s, row.bytesOut},
        {u"clientVersion"_s, row.clientVersion},
        {u"platform"_s, row.platform},
        {u"endReason"_s, row.endReason ? QJsonValue(enumText(*row.endReason)) : QJsonValue(QJsonValue::Null)},
    };
}

QJsonObject instanceHealthJson(const InstanceHealth &health)
{
    return {
        {u"instance"_s, health.instance.toString()},
        {u"link"_s, health.link},
        {u"why"_s, health.why},
        {u"generation"_s, health.generation},
        {u"since"_s, health.since.toString()},
        {u"serverVersion"_s, health.serverVersion},
        {u"loginMicroseconds"_s,
         health.loginMicroseconds ? QJsonValue(*health.loginMicroseconds) : QJsonValue(QJsonValue::Null)},
    };
}

} // namespace interlock
