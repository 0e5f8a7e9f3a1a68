// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/zerotier/controllerurl.h"

#include <QHostAddress>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

tl::unexpected<Error> refuse(const QString &why)
{
    return fail(ErrorKind::Invalid, u"the controller's address %1"_s.arg(why), {{u"field"_s, u"url"_s}});
}

} // namespace

Expected<QUrl> parseControllerUrl(QStringView text)
{
    const QString trimmed = text.trimmed().toString();
    if (trimmed.isEmpty())
        return refuse(u"is empty"_s);
    QUrl url(trimmed, QUrl::StrictMode);
    if (!url.isValid() || url.isRelative())
        return refuse(u"is no URL: http://127.0.0.1:9993 is what it looks like"_s);
    // Nothing of the text is repeated below, because it may hold a password.
    if (url.scheme() != u"http"_s && url.scheme() != u"https"_s)
        return refuse(u"begins with neither http:// nor https://"_s);
    if (url.host().isEmpty())
        return refuse(u"names no host"_s);
    if (!url.userInfo().isEmpty() || url.authority(QUrl::FullyEncoded).contains(u'@'))
        return refuse(u"names a user, but a token is all that a controller takes"_s);
    if (url.hasQuery() || url.hasFragment())
        return refuse(u"has a query or a fragment, which cannot be part of it"_s);
    if (url.port() == 0)
        return refuse(u"has port 0"_s);
    QString path = url.path(QUrl::FullyDecoded);
    while (path.endsWith(u'/'))
        path.chop(1);
    const auto segments = path.split(u'/', Qt::SkipEmptyParts);
    if (segments.contains(u"."_s) || segments.contains(u".."_s) || path.contains(u"//"_s))
        return refuse(u"has dots or an empty part in its path"_s);
    url.setPath(path, QUrl::DecodedMode);
    return url;
}

QUrl urlOf(const ControllerEndpoint &endpoint, const QString &path)
{
    // Whoever made the endpoint may not have asked parseControllerUrl().
    QUrl url = endpoint.url.adjusted(QUrl::RemoveUserInfo | QUrl::RemoveQuery | QUrl::RemoveFragment);
    QString base = url.path();
    while (base.endsWith(u'/'))
        base.chop(1);
    url.setPath(base + path);
    return url;
}

bool isLoopback(const QUrl &url)
{
    return url.host() == u"localhost"_s || QHostAddress(url.host()).isLoopback();
}

} // namespace interlock
