// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/zerotier/controllerrequest.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

QNetworkRequest networkRequestFor(const ControllerEndpoint &endpoint, const QByteArray &token,
                                  const ControllerRequest &request, const ControllerTimes &times)
{
    QNetworkRequest network(urlOf(endpoint, request.path));
    if (endpoint.flavour == ControllerFlavour::Central)
        network.setRawHeader("Authorization", "token " + token);
    else
        network.setRawHeader("X-ZT1-Auth", token);
    network.setRawHeader("Connection", "close");
    network.setRawHeader("Accept", "application/json");
    // Qt would ask for compression; without it, a body's length can be compared with what was announced.
    network.setRawHeader("Accept-Encoding", "identity");
    network.setRawHeader("Accept-Language", "en");
    network.setRawHeader("User-Agent", "Interlock");
    if (!request.body.isEmpty())
        network.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
    network.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    network.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    network.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    network.setAttribute(QNetworkRequest::AuthenticationReuseAttribute, QNetworkRequest::Manual);
    network.setAttribute(QNetworkRequest::CacheLoadControlAttribute, QNetworkRequest::AlwaysNetwork);
    network.setAttribute(QNetworkRequest::CacheSaveControlAttribute, false);
    network.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    network.setAttribute(QNetworkRequest::HttpPipeliningAllowedAttribute, false);
    network.setTransferTimeout(static_cast<int>(times.silence.count()));
    return network;
}

Expected<QByteArray> checkedToken(const QByteArray &token)
{
    QByteArray text = token.trimmed();
    if (text.isEmpty())
        return fail(ErrorKind::Invalid, u"there is no token for the ZeroTier controller"_s, {{u"field"_s, u"token"_s}});
    if (!std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; }))
        return fail(ErrorKind::Invalid,
                    u"the token for the ZeroTier controller holds characters that no token has, such as a line end"_s,
                    {{u"field"_s, u"token"_s}});
    return text;
}

} // namespace interlock
