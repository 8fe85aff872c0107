using System.Collections.Concurrent;
using Gateflow.Core.Alerts;
using Gateflow.Core.Catalog;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;

namespace Gateflow.Gateway.Fallbacks;

/// <summary>
/// How one model at one provider has been answering this node. Every call ends here: the breaker counts it, a model that its provider denies is
/// remembered, and people are told of what they should mend and when it is mended.
/// </summary>
/// <param name="endpoint">The model at its provider.</param>
/// <param name="model">The id that callers know it by.</param>
/// <param name="catalog">Asked when people are told of a successor.</param>
internal sealed class ModelHealth(ModelEndpoint endpoint, string model, CatalogReader catalog, Breaker breaker, GoneModels gone, RecentCalls calls, AlertBell bell)
{
    /// <summary>True until the first answer too: alerts of an earlier run may stand.</summary>
    private volatile bool _trouble = true;

    private readonly ConcurrentDictionary<string, byte> _failsWithSource = new(StringComparer.Ordinal);

    public Breaker Breaker { get; } = breaker;

    /// <summary>
    /// Of a target: true when the migration's source failed as well on the last of its requests that this model was called for. What the open breaker diverts until the
    /// next call is trouble of both then, although the source's breaker may have found sooner that it is over. Sources of other migrations say nothing of it.
    /// </summary>
    public bool FailsWithSource(string migrationId) => _failsWithSource.ContainsKey(migrationId);

    /// <summary>Takes note of whether the migration's source failed as well on a request that this model was called for.</summary>
    public void CalledFor(string migrationId, bool failsWithSource)
    {
        if (failsWithSource)
        {
            _failsWithSource[migrationId] = 0;
        }
        else if (_failsWithSource.ContainsKey(migrationId))
        {
            _failsWithSource.TryRemove(migrationId, out _);
        }
    }

    /// <summary>True when the provider lately said that it has no such model.</summary>
    /// <param name="vectors">Whether vectors are asked for rather than words.</param>
    public bool IsGone(bool vectors) => gone.Contains(endpoint, vectors);

    /// <summary>A sentence that names what the catalog knows as successor, with a space before it; empty when it knows none.</summary>
    public static string Successor(CatalogModel? facts) => facts is { Replacements: [var first, ..] } ? $" Its provider names '{first}' as the successor." : "";

    /// <summary>Takes note of how a call ended.</summary>
    /// <param name="result">What it came to.</param>
    /// <param name="tried">Whether the breaker knows it already, because the call was the one that tried.</param>
    /// <param name="vectors">Whether vectors were asked for rather than words.</param>
    public void Report(AttemptResult result, bool tried, bool vectors)
    {
        var misdirected = result == AttemptResult.ModelNotFound && IsMisdirected(vectors);
        calls.Add(misdirected ? AttemptResult.BadRequest : result);
        if (!tried)
        {
            Breaker.Report(result);
        }

        switch (result)
        {
            case AttemptResult.Ok when _trouble || IsGone(vectors):
                _trouble = false;
                gone.Remove(endpoint, vectors);
                bell.Ring(About(AlertEvents.ModelUnavailable, Subject) with { Over = true });
                bell.Ring(About(AlertEvents.KeyRefused, endpoint.Provider.Name) with { Over = true });
                if (Breaker.IsClosed)
                {
                    bell.Ring(About(AlertEvents.CircuitOpened, Subject) with { Over = true });
                }

                break;
            case AttemptResult.ModelNotFound when misdirected:
                gone.Add(endpoint, vectors);
                break;
            case AttemptResult.ModelNotFound:
                _trouble = true;
                gone.Add(endpoint, vectors);
                bell.Ring(About(AlertEvents.ModelUnavailable, Subject, $"The provider '{endpoint.Provider.Name}' says that it has no model '{endpoint.UpstreamModel}'{(vectors ? " for embeddings" : "")}, or none that its key may use.{Successor(Facts)} Migrate to it, or set a fallback chain.") with { Severity = AlertSeverity.Urgent });
                break;
            case AttemptResult.Unauthorized:
                _trouble = true;
                bell.Ring(About(AlertEvents.KeyRefused, endpoint.Provider.Name, $"The provider '{endpoint.Provider.Name}' refuses the key that the gateway has for it, or the key has no right to '{endpoint.UpstreamModel}', or none from here. Check its key in Settings → Providers or Gateflow:Providers:{endpoint.Provider.Name}.") with { Severity = AlertSeverity.Urgent });
                break;
        }
    }

    /// <summary>Tells people that the breaker opened, or closed again.</summary>
    public void Changed(BreakerState state)
    {
        if (state == BreakerState.Open)
        {
            bell.Ring(About(AlertEvents.CircuitOpened, Subject, $"Most calls of '{endpoint.UpstreamModel}' at '{endpoint.Provider.Name}' fail: its circuit breaker is open, and requests go to fallbacks where there are any.") with { Severity = AlertSeverity.Urgent });
        }
        else if (state == BreakerState.Closed)
        {
            bell.Ring(About(AlertEvents.CircuitOpened, Subject) with { Over = true });
        }
    }

    /// <summary>Whether a model of words was asked for vectors, or the other way round: the caller's mistake, which any provider denies.</summary>
    private bool IsMisdirected(bool vectors) => vectors ? VectorCheck.GivesWords(Facts) : Facts is { Mode: ModelMode.Embedding };

    private CatalogModel? Facts => catalog() is var known ? known.Find(endpoint.Provider.CatalogName, model) ?? known.Find(model) : null;

    private string Subject => $"{endpoint.Provider.Name}/{endpoint.UpstreamModel}";

    private AlertNotice About(string what, string subject, string message = "") =>
        new(what, subject, message) { Provider = endpoint.Provider.Name, Model = what == AlertEvents.KeyRefused ? null : endpoint.UpstreamModel };
}
