namespace Gateflow.Core.Fallbacks;

/// <summary>Why a model at a provider is on a request's list; the list is in this order.</summary>
public enum CandidateRole : byte
{
    /// <summary>The target of a running migration.</summary>
    Target,

    /// <summary>The model that was asked for or replaces it, also as the source of a running migration.</summary>
    Own,

    /// <summary>A model of the chain.</summary>
    Chain,
}

/// <summary>A model at a provider on a request's list.</summary>
public interface ICandidate
{
    string Model { get; }

    /// <summary>Name of the provider.</summary>
    string Provider { get; }

    CandidateRole Role { get; }
}
