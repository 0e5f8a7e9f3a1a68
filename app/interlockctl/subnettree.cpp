// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/subnettree.h"

#include "app/interlockctl/rowjson.h"
#include "model/rules/exportplaces.h"

#include <QStringList>

#include <algorithm>
#include <map>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

QString rowLine(const SubnetRow &row)
{
    QStringList parts{row.prefix.toString()};
    if (!row.name.isEmpty())
        parts += row.name;
    if (row.role != SubnetRole::None)
        parts += u'[' + enumText(row.role) + u']';
    if (!row.tenant.isEmpty())
        parts += u'@' + row.tenant;
    return parts.join(u"  "_s);
}

} // namespace

QString derivedText(const DerivedSubnet &derived)
{
    switch (derived.kind) {
    case DerivedKind::Pool:
        return u"pool of "_s + derived.owner;
    case DerivedKind::Iroute:
        return u"LAN of "_s + derived.owner;
    case DerivedKind::StandIn:
        return u"stand-in of "_s + derived.owner;
    }
    Q_UNREACHABLE();
}

QJsonObject derivedJson(const DerivedSubnet &derived)
{
    const QString kind = derived.kind == DerivedKind::Pool     ? u"pool"_s
                         : derived.kind == DerivedKind::Iroute ? u"iroute"_s
                                                               : u"standIn"_s;
    return {{u"kind"_s, kind}, {u"prefix"_s, derived.prefix.toString()}, {u"owner"_s, derived.owner}};
}

SubnetTreeText::SubnetTreeText(std::vector<SubnetRow> rows, std::vector<DerivedSubnet> derived)
    : m_rows(std::move(rows)), m_derived(std::move(derived)), m_children(m_rows.size()), m_derivedOf(m_rows.size())
{
    std::ranges::stable_sort(m_rows, {}, &SubnetRow::prefix);
    std::map<std::pair<Prefix, QString>, std::size_t> places;
    for (std::size_t i = 0; i < m_rows.size(); ++i)
        places.emplace(std::pair(m_rows[i].prefix, m_rows[i].tenant), i);
    const auto parents = parentsAmong(m_rows);
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        if (!parents[i]) {
            m_roots.push_back(i);
            continue;
        }
        auto parent = places.find({*parents[i], m_rows[i].tenant});
        if (parent == places.end())
            parent = places.find({*parents[i], QString()});
        m_children[parent->second].push_back(i);
    }
    for (std::size_t i = 0; i < m_derived.size(); ++i) {
        // From the longest possible parent up: the first that is there is the innermost.
        std::optional<Prefix> place = m_derived[i].prefix;
        auto found = places.end();
        for (; place && found == places.end(); place = place->parent()) {
            found = places.lower_bound({*place, QString()});
            if (found != places.end() && found->first.first != *place)
                found = places.end();
        }
        (found == places.end() ? m_derivedRoots : m_derivedOf[found->second]).push_back(i);
    }
}

QString SubnetTreeText::toString() const
{
    QStringList lines;
    for (const std::size_t i : m_roots) {
        lines += rowLine(m_rows[i]);
        draw(m_children[i], m_derivedOf[i], {}, lines);
    }
    for (const std::size_t i : m_derivedRoots)
        lines += u"%1  (%2)"_s.arg(m_derived[i].prefix.toString(), derivedText(m_derived[i]));
    return lines.isEmpty() ? u"There are no subnets."_s : lines.join(u'\n');
}

void SubnetTreeText::draw(const std::vector<std::size_t> &nodes, const std::vector<std::size_t> &derived,
                          const QString &indent, QStringList &lines) const
{
    for (std::size_t i = 0; i < derived.size(); ++i) {
        const bool isLast = nodes.empty() && i + 1 == derived.size();
        const DerivedSubnet &row = m_derived[derived[i]];
        lines += indent + (isLast ? u"└─ "_s : u"├─ "_s) + u"%1  (%2)"_s.arg(row.prefix.toString(), derivedText(row));
    }
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const bool isLast = i + 1 == nodes.size();
        lines += indent + (isLast ? u"└─ "_s : u"├─ "_s) + rowLine(m_rows[nodes[i]]);
        draw(m_children[nodes[i]], m_derivedOf[nodes[i]], indent + (isLast ? u"   "_s : u"│  "_s), lines);
    }
}

QJsonArray SubnetTreeText::toJson() const
{
    return json(m_roots);
}

QJsonArray SubnetTreeText::json(const std::vector<std::size_t> &nodes) const
{
    QJsonArray list;
    for (const std::size_t i : nodes) {
        QJsonObject object = rowJson(m_rows[i]);
        QJsonArray derived;
        for (const std::size_t d : m_derivedOf[i])
            derived.append(derivedJson(m_derived[d]));
        object.insert(u"derived"_s, derived);
        object.insert(u"children"_s, json(m_children[i]));
        list.append(object);
    }
    return list;
}

} // namespace interlock
