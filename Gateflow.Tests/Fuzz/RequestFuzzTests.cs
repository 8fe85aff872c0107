using System.Text;
using System.Text.Json;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Translation;

namespace Gateflow.Tests.Fuzz;

/// <summary>100,000 broken requests: read or refused, never an exception that is not a refusal.</summary>
public sealed class RequestFuzzTests
{
    private const int Bodies = 100_000;
    private const int Seed = 20261128;

    [Fact]
    public void Requests_Broken_AreReadOrRefused()
    {
        var mutator = new Mutator(Seed);
        var (forwarded, written, refused) = (0, 0, 0);
        for (var i = 0; i < Bodies; i++)
        {
            var protocol = Speakers.Protocols[i % Speakers.Protocols.Count];
            var body = mutator.Next(Corpus.Requests(protocol.Kind));
            try
            {
                if (protocol.ReadEnvelope(body, new Envelope()) is not null)
                {
                    refused++;
                }
                else
                {
                    forwarded++;
                    written += protocol.Kind != Protocol.Embeddings && Translate(protocol, body, i / Speakers.Protocols.Count) ? 1 : 0;
                }
            }
            catch (Exception fault)
            {
                Assert.Fail($"Body {i} of {protocol.Kind}: {fault}\n{Encoding.UTF8.GetString(body)}");
            }
        }

        // A fuzzer all of whose mutants are refused at the door, or none, tests nothing.
        Assert.InRange(refused, Bodies / 20, Bodies * 19 / 20);
        Assert.InRange(written, forwarded / 12, int.MaxValue);
    }

    /// <summary>Reads the request and writes it for a provider; false when it was refused.</summary>
    private static bool Translate(ICallerProtocol protocol, byte[] body, int turn)
    {
        var (adapter, endpoint) = Speakers.Adapters[turn % Speakers.Adapters.Count];
        try
        {
            var json = adapter.Write(protocol.ReadRequest(body), endpoint, new ShimNotes());
            JsonSerializer.SerializeToUtf8Bytes(json, ProviderJson.Options);
            return true;
        }
        catch (NotCarriedException)
        {
            return false;
        }
    }
}
