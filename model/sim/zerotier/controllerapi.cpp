// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/sim/zerotier/controllerapi.h"

#include "model/sim/zerotier/coercion.h"
#include "model/sim/zerotier/exactjsonreader.h"
#include "model/sim/zerotier/memberpost.h"
#include "model/sim/zerotier/networkpost.h"

#include <QByteArrayList>
#include <QRandomGenerator>

#include <algorithm>

namespace interlock {

namespace {

using Answer = ControllerApi::Answer;

HttpReply jsonReply(QByteArray body, int status = 200)
{
    return {status, std::move(body), "application/json"};
}

HttpReply emptyReply(int status)
{
    return {status};
}

HttpReply errorReply(const QByteArray &words)
{
    // Its text is not escaped, so this may be no JSON. \source FACTS 12
    return jsonReply("{\"error\": 500, \"description\": \"" + words + "\"}", 500);
}

Answer always(HttpReply reply)
{
    return [reply = std::move(reply)](bool) { return reply; };
}

bool isHex(const QByteArray &text, qsizetype length)
{
    return text.size() == length && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
           });
}

bool isReading(const HttpRequest &request)
{
    return request.method == "GET" || request.method == "HEAD";
}

bool isPosting(const HttpRequest &request)
{
    return request.method == "POST" || request.method == "PUT";
}

} // namespace

ControllerApi::ControllerApi(ControllerOptions options) : m_options(std::move(options)) {}

bool ControllerApi::isWrite(const HttpRequest &request)
{
    return isPosting(request) || request.method == "DELETE";
}

Answer ControllerApi::answer(const HttpRequest &request)
{
    const auto jsonp = request.query.find("jsonp");
    const auto wrapped = [&](Answer inner) -> Answer {
        if (jsonp == request.query.end())
            return inner;
        return [inner = std::move(inner), callback = jsonp->second](bool isKept) {
            HttpReply reply = inner(isKept);
            if (reply.body.isEmpty())
                return reply;
            reply.body = callback + '(' + reply.body + ");";
            reply.contentType = "application/javascript";
            return reply;
        };
    };
    if (request.path == "/health" && isReading(request) && m_options.isManagementAllowed)
        return wrapped(always(jsonReply(healthText())));
    if (!isAuthorised(request))
        return wrapped(always(jsonReply("{}", 401)));
    if (const auto reply = isReading(request) ? nodeReply(request.path) : std::nullopt)
        return wrapped(always(*reply));

    QByteArrayList parts = request.path.split('/').mid(1);
    const bool isUnstable = parts.first() == "unstable";
    if (isUnstable)
        parts.removeFirst();
    if (parts.size() < 2 || parts[0] != "controller" || parts[1] != "network" || (isUnstable && !m_options.hasUnstable))
        return always(emptyReply(404));
    if (parts.size() == 2 && isUnstable && isReading(request))
        return wrapped([this](bool) { return jsonReply(m_store.bulkText()); });
    if (parts.size() == 2 && !isUnstable)
        return wrapped(networksAnswer(request));
    if (parts.size() == 3 && !isUnstable && parts[2].endsWith("______") && isHex(parts[2].chopped(6), 10)) {
        if (isPosting(request) && parts[2].chopped(6) != m_options.node.toString().toUtf8())
            return always(emptyReply(400));
        return isPosting(request) ? wrapped(createAnswer(request)) : always(emptyReply(404));
    }
    if (parts.size() > 2 && isHex(parts[2], 16)) {
        if (parts.size() == 3 && !isUnstable)
            return wrapped(networkAnswer(request, parts[2]));
        if (parts.size() == 4 && parts[3] == "member" && isReading(request))
            return wrapped(membersAnswer(request, parts[2], isUnstable));
        if (parts.size() == 5 && parts[3] == "member" && isHex(parts[4], 10) && !isUnstable)
            return wrapped(memberAnswer(request, parts[2], parts[4]));
    }
    return always(emptyReply(404));
}

bool ControllerApi::isAuthorised(const HttpRequest &request) const
{
    const auto inQuery = request.query.find("auth");
    const bool isRight = request.header("x-zt1-auth") == m_options.token ||
                         request.header("authorization") == "Bearer " + m_options.token ||
                         (inQuery != request.query.end() && inQuery->second == m_options.token);
    return m_options.isManagementAllowed && isRight;
}

Answer ControllerApi::networksAnswer(const HttpRequest &request)
{
    if (isReading(request))
        return [this](bool) { return jsonReply(m_store.idsText()); };
    return isPosting(request) ? createAnswer(request) : always(emptyReply(404));
}

ControllerApi::Draft ControllerApi::networkDraft(quint64 network, const QByteArray &body) const
{
    return readExactJson(body).map([&](const ExactJson &sent) {
        ExactJson draft = m_store.draft(network, now());
        postToNetwork(draft, sent);
        return draft;
    });
}

Answer ControllerApi::createAnswer(const HttpRequest &request)
{
    const auto body = readExactJson(request.body);
    if (!body)
        return always(errorReply(body.error()));
    return networkAnswer(request, networkIdText(freeNetworkId()));
}

Answer ControllerApi::networkAnswer(const HttpRequest &request, const QByteArray &id)
{
    const quint64 network = hexNumber(id);
    if (isReading(request)) {
        return [this, network](bool) {
            const auto *stored = m_store.findOrNull(network);
            return stored ? jsonReply(stored->text) : emptyReply(404);
        };
    }
    if (request.method == "DELETE") {
        return [this, network](bool isKept) {
            const auto *stored = m_store.findOrNull(network);
            const QByteArray text = stored ? stored->text : QByteArray();
            if (isKept)
                m_store.erase(network);
            return text.isEmpty() ? emptyReply(404) : jsonReply(text);
        };
    }
    if (!isPosting(request))
        return always(emptyReply(404));
    Draft draft = networkDraft(network, request.body);
    if (!draft)
        return always(errorReply(draft.error()));
    return [this, network, draft = std::move(*draft)](bool isKept) {
        return jsonReply(m_store.save(network, draft, isKept, now()));
    };
}

Answer ControllerApi::membersAnswer(const HttpRequest &, const QByteArray &id, bool isUnstable)
{
    return [this, network = hexNumber(id), isUnstable](bool) {
        const auto *stored = m_store.findOrNull(network);
        if (!stored)
            return emptyReply(404);
        if (isUnstable)
            return jsonReply(stored->members.bulkText());
        return jsonReply(m_options.hasOldMemberList ? stored->members.oldRevisionsText()
                                                    : stored->members.revisionsText());
    };
}

ControllerApi::Draft ControllerApi::memberDraft(const QByteArray &network, const QByteArray &node,
                                                const QByteArray &body) const
{
    const auto sent = readExactJson(body);
    if (!sent)
        return tl::unexpected<QByteArray>(sent.error());
    ExactJson draft = m_store.findOrNull(hexNumber(network))->members.draft(hexNumber(node), now());
    if (auto changed = postToMember(draft, network, node, *sent, now()); !changed)
        return tl::unexpected<QByteArray>(changed.error());
    return draft;
}

QByteArray ControllerApi::saveMember(quint64 network, quint64 node, ExactJson draft, bool isKept)
{
    auto *stored = m_store.findOrNull(network);
    if (!stored) // deleted meanwhile
        return draft.toText();
    const bool isNews = coercedBool(draft["authorized"], false) && draft["vMajor"].isNegative();
    if (isKept && isNews && stored->asking.contains(node))
        m_dueToAsk.emplace_back(network, node);
    return stored->members.save(node, std::move(draft), isKept);
}

Answer ControllerApi::memberAnswer(const HttpRequest &request, const QByteArray &id, const QByteArray &nodeText)
{
    const quint64 network = hexNumber(id);
    const quint64 node = hexNumber(nodeText);
    if (isReading(request) || request.method == "DELETE") {
        return [this, network, node, isDelete = request.method == "DELETE"](bool isKept) {
            auto *stored = m_store.findOrNull(network);
            const auto *member = stored ? stored->members.findOrNull(node) : nullptr;
            if (!member)
                return emptyReply(404);
            HttpReply reply = jsonReply(member->text);
            if (isDelete && isKept)
                stored->members.erase(node);
            return reply;
        };
    }
    if (!isPosting(request) || !m_store.findOrNull(network))
        return always(emptyReply(404));
    Draft draft = memberDraft(id, nodeText, request.body);
    if (!draft)
        return always(errorReply(draft.error()));
    return [this, network, node, draft = std::move(*draft)](bool isKept) {
        return jsonReply(saveMember(network, node, draft, isKept));
    };
}

tl::expected<QByteArray, QByteArray> ControllerApi::postNetwork(quint64 network, const QByteArray &body)
{
    return networkDraft(network, body).map([&](ExactJson draft) {
        return m_store.save(network, std::move(draft), true, now());
    });
}

tl::expected<QByteArray, QByteArray> ControllerApi::postMember(const QByteArray &network, const QByteArray &node,
                                                               const QByteArray &body)
{
    if (!m_store.findOrNull(hexNumber(network)))
        return tl::unexpected<QByteArray>("no such network");
    return memberDraft(network, node, body).map([&](ExactJson draft) {
        return saveMember(hexNumber(network), hexNumber(node), std::move(draft), true);
    });
}

quint64 ControllerApi::freeNetworkId()
{
    if (!m_options.networkIds.empty()) {
        const QByteArray id = m_options.networkIds.front().toString().toUtf8();
        m_options.networkIds.erase(m_options.networkIds.begin());
        return hexNumber(id);
    }
    for (;;) {
        const quint64 low = QRandomGenerator::global()->bounded(1U, 0x1000000U);
        const quint64 id = hexNumber(m_options.node.toString().toUtf8()) << 24U | low;
        if (!m_store.findOrNull(id))
            return id;
    }
}

} // namespace interlock
