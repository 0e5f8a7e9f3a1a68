// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/zerotier/networkcreation.h"

#include "model/link/zerotier/controllerexchange.h"
#include "model/link/zerotier/networkjson.h"

#include <QRandomGenerator>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// Of 16 million ids a controller has, eight in a row are not taken by chance.
constexpr int kMaxChoices = 8;

NetworkId randomIdOf(const NodeId &node)
{
    const auto number = QRandomGenerator::system()->bounded(1U, 0x1000000U);
    return *NetworkId::parse(node.toString() + u"%1"_s.arg(number, 6, 16, QChar(u'0')));
}

/// `request`, which may be told of being lost: whoever sends it looks then.
ControllerRequest once(ControllerRequest request)
{
    request.repeat = ControllerRequest::Repeat::WhenNotSent;
    return request;
}

} // namespace

void NetworkCreation::beginHere(const std::optional<NetworkId> &id)
{
    m_id = id;
    m_isChosenHere = !id;
    exchange<ControllerIdentity>(
        m_tools.sender, m_tools.dialect.getStatus(),
        [dialect = m_tools.dialect](const QByteArray &body) { return dialect.readStatus(body); },
        [self = shared_from_this()](const Expected<ControllerIdentity> &identity, const ControllerReply &) {
            if (!identity) {
                self->m_answer.give(fail(identity.error()));
                return;
            }
            const NodeId node = *identity->node;
            if (self->m_id && !self->m_id->toString().startsWith(node.toString())) {
                self->m_answer.give(fail(ErrorKind::Invalid,
                                         u"network id %1 is not of this controller: its networks begin with %2"_s.arg(
                                             self->m_id->toString(), node.toString()),
                                         {{u"network"_s, self->m_id->toString()}, {u"node"_s, node.toString()}}));
                return;
            }
            self->look(node);
        });
}

void NetworkCreation::look(const NodeId &node)
{
    if (m_isChosenHere) {
        if (++m_choices > kMaxChoices) {
            m_answer.give(fail(ErrorKind::Exhausted, u"no free network id was found on controller %1: each of %2 was "
                                                     "taken"_s.arg(node.toString())
                                                         .arg(kMaxChoices)));
            return;
        }
        m_id = randomIdOf(node);
    }
    m_turn.reset();
    m_tools.lanes.enter(u"network/"_s + m_id->toString(), [self = shared_from_this(), node](const auto &turn) {
        self->m_turn = turn;
        exchange<NetworkRecord>(
            self->m_tools.sender, self->m_tools.dialect.getNetwork(*self->m_id),
            [dialect = self->m_tools.dialect, id = self->m_id](const QByteArray &body) {
                return dialect.readNetwork(body, id);
            },
            [self, node](const Expected<NetworkRecord> &found, const ControllerReply &) {
                if (!found && found.error().kind == ErrorKind::NotFound)
                    self->post();
                else if (!found)
                    self->m_answer.give(fail(found.error()));
                else if (self->m_isChosenHere)
                    self->look(node);
                else
                    self->m_answer.give(fail(ErrorKind::Exists,
                                             u"network %1 exists on the controller"_s.arg(self->m_id->toString()),
                                             {{u"network"_s, self->m_id->toString()}}));
            });
    });
}

void NetworkCreation::post()
{
    ++m_posts;
    exchange<NetworkRecord>(
        m_tools.sender, once(m_tools.dialect.postNetwork(*m_id, m_edit)),
        [dialect = m_tools.dialect, id = m_id](const QByteArray &body) { return dialect.readNetwork(body, id); },
        [self = shared_from_this()](Expected<NetworkRecord> made, const ControllerReply &reply) {
            if (!made && self->isWorthAnotherTry(made.error(), reply))
                self->lookAgain(made.error());
            else
                self->m_answer.give(std::move(made));
        });
}

void NetworkCreation::lookAgain(const Error &why)
{
    exchange<NetworkRecord>(
        m_tools.sender, m_tools.dialect.getNetwork(*m_id),
        [dialect = m_tools.dialect, id = m_id](const QByteArray &body) { return dialect.readNetwork(body, id); },
        [self = shared_from_this(), why](Expected<NetworkRecord> found, const ControllerReply &) {
            if (found && holds(*found, self->m_edit))
                self->m_answer.give(std::move(found));
            else if (self->m_posts < self->m_tools.tries && (found || found.error().kind == ErrorKind::NotFound))
                self->post();
            else
                self->m_answer.give(fail(why));
        });
}

void NetworkCreation::beginAtCentral()
{
    // One at a time: what is new after ours is then ours, unless another program makes one of the same name.
    m_tools.lanes.enter(u"create"_s, [self = shared_from_this()](const auto &turn) {
        self->m_turn = turn;
        exchange<std::vector<NetworkId>>(self->m_tools.sender, self->m_tools.dialect.getNetworks(),
                                         &ControllerDialect::readNetworks,
                                         [self](Expected<std::vector<NetworkId>> before, const ControllerReply &) {
                                             if (!before) {
                                                 self->m_answer.give(fail(before.error()));
                                                 return;
                                             }
                                             self->m_before = *std::move(before);
                                             self->postToCentral();
                                         });
    });
}

void NetworkCreation::postToCentral()
{
    ++m_posts;
    exchange<NetworkRecord>(
        m_tools.sender, m_tools.dialect.postNewNetwork(m_edit),
        [dialect = m_tools.dialect](const QByteArray &body) { return dialect.readNetwork(body, {}); },
        [self = shared_from_this()](Expected<NetworkRecord> made, const ControllerReply &reply) {
            if (!made && self->isWorthAnotherTry(made.error(), reply))
                self->lookAtCentral(made.error());
            else
                self->m_answer.give(std::move(made));
        });
}

void NetworkCreation::lookAtCentral(const Error &why)
{
    exchange<std::vector<NetworkId>>(
        m_tools.sender, m_tools.dialect.getNetworks(), &ControllerDialect::readNetworks,
        [self = shared_from_this(), why](Expected<std::vector<NetworkId>> after, const ControllerReply &) {
            if (!after) {
                self->m_answer.give(fail(why));
                return;
            }
            std::erase_if(*after, [&self](const NetworkId &id) {
                return std::find(self->m_before.begin(), self->m_before.end(), id) != self->m_before.end();
            });
            self->readFromCentral(*after, 0, why);
        });
}

void NetworkCreation::readFromCentral(const std::vector<NetworkId> &fresh, std::size_t at, const Error &why)
{
    if (at == fresh.size()) {
        if (m_posts < m_tools.tries)
            postToCentral();
        else
            m_answer.give(fail(why));
        return;
    }
    exchange<NetworkRecord>(
        m_tools.sender, m_tools.dialect.getNetwork(fresh[at]),
        [dialect = m_tools.dialect, id = fresh[at]](const QByteArray &body) { return dialect.readNetwork(body, id); },
        [self = shared_from_this(), fresh, at, why](Expected<NetworkRecord> found, const ControllerReply &) {
            if (found && found->name == self->m_edit.name.value_or(QString()))
                self->m_answer.give(std::move(found));
            else if (found || found.error().kind == ErrorKind::NotFound)
                self->readFromCentral(fresh, at + 1, why);
            else
                self->m_answer.give(fail(why));
        });
}

bool NetworkCreation::isWorthAnotherTry(const Error &why, const ControllerReply &reply) const
{
    // Not sent at all: that was tried often enough already.
    if (reply.wasNotSent() || m_posts > m_tools.tries)
        return false;
    return why.kind == ErrorKind::BackendUnavailable;
}

} // namespace interlock
