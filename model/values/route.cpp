// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/values/route.h"

using namespace Qt::StringLiterals;

namespace interlock {

QString Route::toString() const
{
    return RouteText::of(*this).toString();
}

RouteText RouteText::of(const Route &route)
{
    return {route.target.toString(), route.via ? route.via->toString() : QString()};
}

std::optional<Route> RouteText::route() const
{
    // A controller reads "10.1.1.0" as "10.1.1.0/0": a target without a length is no target.
    const auto prefix = target.contains(u'/') ? Prefix::parse(target) : fail(ErrorKind::Invalid, target);
    if (!prefix)
        return std::nullopt;
    if (via.isEmpty())
        return Route{*prefix};
    const auto gateway = Address::parse(via);
    if (!gateway)
        return std::nullopt;
    return Route{*prefix, *gateway};
}

QString RouteText::toString() const
{
    return via.isEmpty() ? target : u"%1 via %2"_s.arg(target, via);
}

QString AssignmentPool::toString() const
{
    return PoolText::of(*this).toString();
}

Expected<AssignmentPool> AssignmentPool::parse(QStringView text)
{
    const auto dash = text.indexOf(u'-');
    if (dash < 0)
        return fail(ErrorKind::Invalid, u"'%1' is not a range FIRST-LAST"_s.arg(text.left(80).toString()));
    const auto first = Address::parse(text.left(dash));
    if (!first)
        return fail(first.error());
    const auto last = Address::parse(text.mid(dash + 1));
    if (!last)
        return fail(last.error());
    if (first->family() != last->family() || *last < *first)
        return fail(ErrorKind::Invalid, u"a range begins at its lowest address and has one family"_s);
    return AssignmentPool{*first, *last};
}

PoolText PoolText::of(const AssignmentPool &pool)
{
    return {pool.first.toString(), pool.last.toString()};
}

std::optional<AssignmentPool> PoolText::pool() const
{
    const auto parsed = AssignmentPool::parse(toString());
    return parsed ? std::optional(*parsed) : std::nullopt;
}

QString PoolText::toString() const
{
    return u"%1-%2"_s.arg(first, last);
}

} // namespace interlock
