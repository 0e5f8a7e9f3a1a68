// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/sim/zerotier/memberstore.h"

#include "model/sim/zerotier/coercion.h"
#include "model/sim/zerotier/exactjsonreader.h"
#include "model/sim/zerotier/memberpost.h"

#include <algorithm>

namespace interlock {

namespace {

std::map<QByteArray, quint64> revisionsById(const std::map<quint64, MemberStore::Stored> &members)
{
    std::map<QByteArray, quint64> revisions;
    for (const auto &[node, member] : members) {
        if (member.id.size() == 10)
            revisions[member.id] = member.revision;
    }
    return revisions;
}

} // namespace

const MemberStore::Stored *MemberStore::findOrNull(quint64 node) const
{
    const auto found = m_members.find(node);
    return found == m_members.end() ? nullptr : &found->second;
}

ExactJson MemberStore::draft(quint64 node, qint64 now) const
{
    const Stored *stored = findOrNull(node);
    return stored ? *readExactJson(stored->text) : newMember(now);
}

QByteArray MemberStore::save(quint64 node, ExactJson draft, bool isKept)
{
    QByteArray text = draft.toText();
    const Stored *stored = findOrNull(node);
    if (node == 0 || (stored && stored->text == text))
        return text;
    draft["revision"] = coercedUnsigned(draft["revision"], 0) + 1;
    text = draft.toText();
    if (isKept)
        put(node, draft);
    return text;
}

void MemberStore::put(quint64 node, const ExactJson &record)
{
    const auto field = [&record](const char *key) {
        const ExactJson *found = record.findOrNull(key);
        return found ? *found : ExactJson();
    };
    m_members[node] = {coercedText(field("id"), {}), coercedUnsigned(field("revision"), 0),
                       coercedBool(field("authorized"), false), record.toText()};
}

void MemberStore::forEach(const std::function<void(const QByteArray &)> &visit) const
{
    for (const auto &[node, member] : m_members)
        visit(member.text);
}

std::size_t MemberStore::authorized() const
{
    return static_cast<std::size_t>(std::count_if(m_members.begin(), m_members.end(),
                                                  [](const auto &member) { return member.second.isAuthorized; }));
}

QByteArray MemberStore::revisionsText() const
{
    QByteArray out;
    for (const auto &[id, revision] : revisionsById(m_members))
        out += (out.isEmpty() ? "" : ",") + jsonQuoted(id) + ':' + QByteArray::number(revision);
    return '{' + out + '}';
}

QByteArray MemberStore::oldRevisionsText() const
{
    QByteArray out;
    for (const auto &[id, revision] : revisionsById(m_members))
        out += (out.isEmpty() ? "{" : ",{") + jsonQuoted(id) + ':' + QByteArray::number(revision) + '}';
    return '[' + out + ']';
}

QByteArray MemberStore::bulkText() const
{
    QByteArray out = "{\"data\":[";
    for (const auto &[node, member] : m_members) {
        if (!out.endsWith('['))
            out += ',';
        out += member.text;
    }
    return out + "],\"meta\":{\"authorizedCount\":" + QByteArray::number(quint64(authorized())) +
           ",\"totalCount\":" + QByteArray::number(quint64(size())) + "}}";
}

} // namespace interlock
