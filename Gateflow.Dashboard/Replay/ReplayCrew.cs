using System.Globalization;
using Gateflow.Core.Catalog;
using Gateflow.Core.Migrations;
using Gateflow.Core.Replay;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Replay;

namespace Gateflow.Dashboard.Replay;

/// <summary>Whether the models that a test calls can be called.</summary>
internal sealed class ReplayCrew(ModelDirectory models)
{
    /// <summary>Why the test cannot be run with these models; null when it can.</summary>
    public Refusal? Fault(string source, string target, ReplaySetup setup) =>
        Chat(target, "target_model")
        ?? (setup is { Compare: ReplayCompare.Recorded, NoiseFloor: false } ? Known(source, "source_model") : Chat(source, "source_model"))
        ?? (setup.JudgeModel is { } judge ? Chat(judge, "judge_model") : null)
        ?? (setup.EmbeddingModel is { } embedding ? Embedding(embedding, "embedding_model") : null);

    /// <summary>A model that would be paid and has no known price; null when there is none.</summary>
    public string? Unpriced(ModelRoute source, ModelRoute target, ReplaySetup setup)
    {
        var paid = new List<ModelRoute> { target };
        if (setup is not { Compare: ReplayCompare.Recorded, NoiseFloor: false })
        {
            paid.Insert(0, source);
        }

        if (setup.JudgeModel is { } judge)
        {
            paid.Add(models.Routes[judge]);
        }

        return paid.Find(r => r.Facts?.Cost(1, 0, 1) is null)?.Id
            ?? (setup.EmbeddingModel is { } embedding && models.Routes[embedding].Facts?.Cost(1, 0, 0) is null ? embedding : null);
    }

    /// <summary>Why a model cannot be asked for chat completions; null when it can.</summary>
    public Refusal? Chat(string model, string param)
    {
        if (Known(model, param) is { } unknown)
        {
            return unknown;
        }

        var route = models.Routes[model];
        if (!route.IsServed)
        {
            return new Refusal(RefusalKind.Invalid, "model_not_served", string.Create(CultureInfo.InvariantCulture,
                $"No configured provider serves '{model}', so it cannot be tested. Add it under Gateflow:Providers:NAME:Models."))
            {
                Param = param, Faults = [new Fault(param, $"No configured provider serves '{model}'.")],
            };
        }

        var provider = route.Endpoints[0].Provider;
        return DirectRequest.CanAsk(route.Endpoints[0]) ? null : Refusal.Invalid(param, $"The provider '{provider.Name}' of '{model}' is of the type {provider.Type}, which tests cannot call yet.");
    }

    /// <summary>Why a model cannot be asked for embeddings; null when it can.</summary>
    public Refusal? Embedding(string model, string param)
    {
        if (Known(model, param) is { } unknown)
        {
            return unknown;
        }

        var route = models.Routes[model];
        return !route.IsServed ? Refusal.Invalid(param, $"No configured provider serves '{model}'.")
            : route.Facts is { } facts && (facts.Capabilities & Capabilities.Embeddings) == 0 ? Refusal.Invalid(param, $"'{model}' gives no embeddings.")
            : DirectEmbeddings.CanAsk(route.Endpoints[0]) ? null
            : Refusal.Invalid(param, $"The provider '{route.Endpoints[0].Provider.Name}' of '{model}' has no API for embeddings that tests can call.");
    }

    private Refusal? Known(string model, string param) => models.Routes.ContainsKey(model)
        ? null
        : Refusal.Invalid(param, $"'{model}' is not a known model: no configured provider lists it and the catalog does not have it.");
}
