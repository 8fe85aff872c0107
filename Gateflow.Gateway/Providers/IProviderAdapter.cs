using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Microsoft.AspNetCore.Http;

namespace Gateflow.Gateway.Providers;

/// <summary>How a protocol is spoken with providers: addresses, authentication, and what answers mean.</summary>
internal interface IProviderAdapter
{
    /// <summary>The request for a chat completion; <paramref name="caller"/> holds the headers of which some may go on.</summary>
    HttpRequestMessage CreateChat(ProviderEndpoint provider, HttpContent body, IHeaderDictionary caller);

    /// <summary>Reads a whole answer, or the data of one event of a stream; false when it is not the protocol's.</summary>
    bool TryRead(ReadOnlySpan<byte> json, AnswerFacts facts, out bool usageOnly);

    /// <summary>What an answer other than 2xx means.</summary>
    AttemptResult Classify(int status, ReadOnlySpan<byte> error);
}
