// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// How the arguments of commands look in the journal; used by command.cpp and describe_*.cpp only.

#include "model/commands/command.h"
#include "model/values/route.h"

#include <QJsonArray>

namespace interlock::parts {

inline QJsonValue jsonOf(const Prefix &v)
{
    return v.toString();
}
inline QJsonValue jsonOf(const Address &v)
{
    return v.toString();
}
inline QJsonValue jsonOf(const Route &v)
{
    return v.toString();
}
inline QJsonValue jsonOf(const AssignmentPool &v)
{
    return v.toString();
}
template <typename Rules>
QJsonValue jsonOf(const Name<Rules> &v)
{
    return v.toString();
}
inline QJsonValue jsonOf(const QString &v)
{
    return v;
}
inline QJsonValue jsonOf(bool v)
{
    return v;
}
inline QJsonValue jsonOf(int v)
{
    return v;
}
inline QJsonValue jsonOf(qint64 v)
{
    return v;
}
template <NamedEnum E>
QJsonValue jsonOf(E v)
{
    return enumText(v);
}
template <typename T>
QJsonValue jsonOf(const std::optional<T> &v)
{
    return v ? jsonOf(*v) : QJsonValue(QString());
}
template <typename T>
QJsonValue jsonOf(const std::vector<T> &values)
{
    QJsonArray list;
    for (const T &value : values)
        list.append(jsonOf(value));
    return list;
}

/// Collects arguments; absent ones are left out.
class CommandArguments
{
public:
    template <typename T>
    CommandArguments &with(QStringView key, const T &value)
    {
        m_object.insert(key, jsonOf(value));
        return *this;
    }
    template <typename T>
    CommandArguments &with(QStringView key, const std::optional<T> &value)
    {
        if (value)
            m_object.insert(key, jsonOf(*value));
        return *this;
    }
    CommandArguments &confirmed(const std::vector<Confirmation> &kinds)
    {
        return kinds.empty() ? *this : with(u"confirmed", kinds);
    }
    CommandArguments &flag(QStringView key, bool value)
    {
        if (value)
            m_object.insert(key, true);
        return *this;
    }
    [[nodiscard]] QJsonObject take() { return std::move(m_object); }

private:
    QJsonObject m_object;
};

[[nodiscard]] QJsonObject describe(const AddController &command);
[[nodiscard]] QJsonObject describe(const SetController &command);
[[nodiscard]] QJsonObject describe(const RemoveController &command);
[[nodiscard]] QJsonObject describe(const AddNetwork &command);
[[nodiscard]] QJsonObject describe(const SetNetwork &command);
[[nodiscard]] QJsonObject describe(const RemoveNetwork &command);
[[nodiscard]] QJsonObject describe(const RecordApply &command);
[[nodiscard]] QJsonObject describe(const SetMembers &command);
[[nodiscard]] QJsonObject describe(const AssignMember &command);
[[nodiscard]] QJsonObject describe(const AdoptMembers &command);
[[nodiscard]] QJsonObject describe(const AddDevice &command);
[[nodiscard]] QJsonObject describe(const SetDevice &command);
[[nodiscard]] QJsonObject describe(const RemoveDevice &command);
[[nodiscard]] QJsonObject describe(const ProvisionDevice &command);
[[nodiscard]] QJsonObject describe(const SetGroup &command);
[[nodiscard]] QJsonObject describe(const RemoveGroup &command);
[[nodiscard]] QJsonObject describe(const SetTemplate &command);
[[nodiscard]] QJsonObject describe(const RemoveTemplate &command);
[[nodiscard]] QJsonObject describe(const SetVariables &command);
[[nodiscard]] QJsonObject describe(const AddDivisionRule &command);
[[nodiscard]] QJsonObject describe(const SetDivisionRule &command);
[[nodiscard]] QJsonObject describe(const RemoveDivisionRule &command);

} // namespace interlock::parts
