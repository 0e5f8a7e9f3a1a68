// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/livechunk.h"

#include <QDataStream>
#include <QIODevice>

#include <concepts>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// Of the form below; bytes of another one are not read.
constexpr quint8 kFormat = 1;

/// Writes fields one after the other.
class Packer
{
public:
    explicit Packer(QByteArray &bytes) : m_stream(&bytes, QIODevice::WriteOnly)
    {
        m_stream.setVersion(QDataStream::Qt_6_4);
        m_stream << kFormat;
    }

    template <typename T>
    void operator()(const T &value)
    {
        if constexpr (std::same_as<T, Timestamp>)
            m_stream << value.milliseconds();
        else if constexpr (std::same_as<T, Prefix>)
            m_stream << value.sortKey();
        else if constexpr (std::is_enum_v<T>)
            m_stream << static_cast<quint8>(value);
        else if constexpr (requires { value.toString(); })
            m_stream << value.toString();
        else
            m_stream << value;
    }
    template <typename T>
    void operator()(const std::optional<T> &value)
    {
        m_stream << value.has_value();
        if (value)
            (*this)(*value);
    }
    template <typename T>
    void operator()(const std::vector<T> &values)
    {
        m_stream << static_cast<quint32>(values.size());
        for (const T &value : values)
            (*this)(value);
    }

private:
    QDataStream m_stream;
};

/// Reads them back; anything that is wrong shows in isGood().
class Unpacker
{
public:
    explicit Unpacker(const QByteArray &bytes) : m_stream(bytes)
    {
        m_stream.setVersion(QDataStream::Qt_6_4);
        quint8 format = 0;
        m_stream >> format;
        m_isGood = format == kFormat;
    }

    [[nodiscard]] bool isGood() const { return m_isGood && m_stream.status() == QDataStream::Ok; }

    template <typename T>
    void operator()(T &value)
    {
        if constexpr (std::same_as<T, Timestamp>) {
            qint64 milliseconds = 0;
            m_stream >> milliseconds;
            value = Timestamp::fromMilliseconds(milliseconds);
        } else if constexpr (std::same_as<T, Prefix>) {
            QByteArray key;
            m_stream >> key;
            take(Prefix::fromSortKey(key), value);
        } else if constexpr (NamedEnum<T>) {
            quint8 number = 0;
            m_stream >> number;
            m_isGood = m_isGood && number < EnumNames<T>::kTable.size();
            value = static_cast<T>(number);
        } else if constexpr (requires { value.toString(); }) {
            QString text;
            m_stream >> text;
            take(T::parse(text), value);
        } else {
            m_stream >> value;
        }
    }
    template <typename T>
    void operator()(std::optional<T> &value)
    {
        bool isThere = false;
        m_stream >> isThere;
        if (!isThere || !isGood())
            return;
        if constexpr (std::same_as<T, CommonName>) { // has no value that could be overwritten
            QString text;
            m_stream >> text;
            take(CommonName::parse(text), value);
        } else {
            (*this)(value.emplace());
        }
    }
    template <typename T>
    void operator()(std::vector<T> &values)
    {
        quint32 count = 0;
        m_stream >> count;
        for (quint32 i = 0; i < count && isGood(); ++i)
            (*this)(values.emplace_back());
    }

private:
    template <typename T, typename Into>
    void take(Expected<T> parsed, Into &into)
    {
        m_isGood = m_isGood && parsed;
        if (parsed)
            into = *std::move(parsed);
    }

    QDataStream m_stream;
    bool m_isGood = true;
};

/// The fields after the key, in the order of the bytes.
template <typename Fact, typename Each>
void eachField(Fact &fact, Each &each)
{
    each(fact.cn);
    each(fact.username);
    each(fact.realAddress);
    each(fact.address);
    each(fact.address6);
    each(fact.connectedSince);
    each(fact.lastSeen);
    each(fact.bytesIn);
    each(fact.bytesOut);
    each(fact.rateIn);
    each(fact.rateOut);
    each(fact.state);
    each(fact.routes);
    each(fact.waitingFor);
    each(fact.declared);
    each(fact.installed);
    each(fact.answer);
    each(fact.alerts);
    each(fact.clientVersion);
    each(fact.platform);
}

template <typename Health, typename Each>
void eachHealthField(Health &health, Each &each)
{
    each(health.link);
    each(health.why);
    each(health.generation);
    each(health.since);
    each(health.serverVersion);
    each(health.loginMicroseconds);
}

tl::unexpected<Error> corrupt()
{
    return fail(ErrorKind::StoreCorrupt, u"live facts cannot be read: another version of the program wrote them"_s);
}

} // namespace

QByteArray packSessions(const std::vector<const SessionFact *> &sessions)
{
    QByteArray bytes;
    Packer pack(bytes);
    pack(static_cast<quint32>(sessions.size()));
    for (const SessionFact *fact : sessions) {
        pack(fact->key);
        eachField(*fact, pack);
    }
    return bytes;
}

Expected<std::vector<SessionFact>> unpackSessions(const QByteArray &bytes)
{
    Unpacker unpack(bytes);
    quint32 count = 0;
    unpack(count);
    std::vector<SessionFact> sessions;
    for (quint32 i = 0; i < count && unpack.isGood(); ++i) {
        QString text;
        unpack(text);
        auto key = SessionKey::parse(text);
        if (!key)
            return corrupt();
        SessionFact fact{*std::move(key)};
        eachField(fact, unpack);
        sessions.push_back(std::move(fact));
    }
    if (!unpack.isGood())
        return corrupt();
    return sessions;
}

QByteArray packHealth(const InstanceHealth &health)
{
    QByteArray bytes;
    Packer pack(bytes);
    pack(health.instance);
    eachHealthField(health, pack);
    return bytes;
}

Expected<InstanceHealth> unpackHealth(const QByteArray &bytes)
{
    Unpacker unpack(bytes);
    QString text;
    unpack(text);
    auto instance = InstanceName::parse(text);
    if (!instance)
        return corrupt();
    InstanceHealth health{*std::move(instance)};
    eachHealthField(health, unpack);
    if (!unpack.isGood())
        return corrupt();
    return health;
}

} // namespace interlock
