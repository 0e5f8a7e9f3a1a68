// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/storeurl.h"

#include "model/values/address.h"
#include "model/values/prefix.h"

#include <QFileInfo>
#include <QUrl>
#include <QUrlQuery>

#include <array>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

bool isLocal(const QString &host)
{
    if (host.isEmpty() || host.startsWith(u'/') || host == u"localhost"_s)
        return true;
    const auto address = Address::parse(host);
    return address && (Prefix::parse(u"127.0.0.0/8"_s)->contains(*address) || address->toString() == u"::1"_s);
}

tl::unexpected<Error> usage(const QString &why)
{
    return fail(ErrorKind::Usage,
                u"not the address of a store: %1 (sqlite:PATH or postgresql://user@host:port/database)"_s.arg(why));
}

} // namespace

Expected<StoreUrl> StoreUrl::parse(QStringView text)
{
    StoreUrl url;
    if (text.startsWith("sqlite:"_L1)) {
        QString path = text.mid(7).toString();
        if (path.startsWith("///"_L1))
            path = path.mid(2);
        if (path.isEmpty())
            return usage(u"the path is missing"_s);
        url.path = QFileInfo(path).absoluteFilePath();
        return url;
    }
    if (!text.startsWith("postgresql://"_L1) && !text.startsWith("postgres://"_L1))
        return usage(u"it begins with neither sqlite: nor postgresql://"_s);
    // QUrl refuses a host with %2F, which libpq allows for socket directories: the authority is taken apart here.
    QStringView rest = text.mid(text.indexOf("://"_L1) + 3);
    QStringView query;
    if (const auto mark = rest.indexOf(u'?'); mark >= 0) {
        query = rest.mid(mark + 1);
        rest = rest.left(mark);
    }
    const auto slash = rest.indexOf(u'/');
    if (slash < 0 || slash + 1 >= rest.size())
        return usage(u"the database is missing"_s);
    const auto decoded = [](QStringView part) { return QUrl::fromPercentEncoding(part.toUtf8()); };
    url.dialect = Dialect::Postgres;
    url.database = decoded(rest.mid(slash + 1));
    QStringView authority = rest.left(slash);
    if (const auto at = authority.lastIndexOf(u'@'); at >= 0) {
        const QStringView credentials = authority.left(at);
        const auto colon = credentials.indexOf(u':');
        url.user = decoded(colon < 0 ? credentials : credentials.left(colon));
        if (colon >= 0)
            url.password = decoded(credentials.mid(colon + 1));
        authority = authority.mid(at + 1);
    }
    // A colon inside brackets belongs to an IPv6 address.
    if (const auto colon = authority.lastIndexOf(u':'); colon >= 0 && colon > authority.lastIndexOf(u']')) {
        bool isNumber = false;
        url.port = authority.mid(colon + 1).toInt(&isNumber);
        if (!isNumber || url.port < 1 || url.port > 65535)
            return usage(u"the port is not a number from 1 to 65535"_s);
        authority = authority.left(colon);
    }
    if (authority.startsWith(u'[') && authority.endsWith(u']'))
        authority = authority.mid(1, authority.size() - 2);
    url.host = decoded(authority);
    const QUrlQuery parameters(query.toString());
    for (const auto &[key, value] : parameters.queryItems(QUrl::FullyDecoded)) {
        if (key != u"sslmode"_s)
            return usage(u"the parameter '%1' is unknown"_s.arg(key.left(40)));
        static const std::array kModes{u"disable"_s, u"allow"_s,     u"prefer"_s,
                                       u"require"_s, u"verify-ca"_s, u"verify-full"_s};
        if (std::ranges::find(kModes, value) == kModes.end())
            return usage(u"'%1' is no sslmode"_s.arg(value.left(40)));
        url.sslmode = value;
    }
    if (url.sslmode.isEmpty())
        url.sslmode = isLocal(url.host) ? u"prefer"_s : u"verify-full"_s;
    return url;
}

QString StoreUrl::toString() const
{
    if (dialect == Dialect::Sqlite)
        return u"sqlite:"_s + path;
    const QString encodedHost =
        host.contains(u':') ? u'[' + host + u']' : QString::fromUtf8(QUrl::toPercentEncoding(host));
    const QString who = user.isEmpty() ? QString() : QString::fromUtf8(QUrl::toPercentEncoding(user)) + u'@';
    // All at once: a percent sign of an encoded part is no place for the next one.
    return u"postgresql://%1%2:%3/%4?sslmode=%5"_s.arg(who, encodedHost, QString::number(port),
                                                       QString::fromUtf8(QUrl::toPercentEncoding(database)), sslmode);
}

} // namespace interlock
