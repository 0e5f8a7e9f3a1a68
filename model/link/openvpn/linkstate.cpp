// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/openvpn/linkstate.h"

namespace interlock::openvpn {

using namespace Qt::StringLiterals;

QString nameOf(LinkState state)
{
    switch (state) {
    case LinkState::Stopped:
        return u"stopped"_s;
    case LinkState::Connecting:
        return u"connecting"_s;
    case LinkState::NotThere:
        return u"notThere"_s;
    case LinkState::Refused:
        return u"refused"_s;
    case LinkState::NoAccess:
        return u"noAccess"_s;
    case LinkState::WrongPassword:
        return u"wrongPassword"_s;
    case LinkState::Busy:
        return u"busy"_s;
    case LinkState::Ready:
        return u"ready"_s;
    case LinkState::Blocked:
        return u"blocked"_s;
    case LinkState::Gone:
        break;
    }
    return u"gone"_s;
}

} // namespace interlock::openvpn
