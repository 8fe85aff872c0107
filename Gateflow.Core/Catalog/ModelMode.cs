namespace Gateflow.Core.Catalog;

/// <summary>The kind of endpoint that a model answers on.</summary>
public enum ModelMode
{
    Chat,

    /// <summary>The legacy prompt-in, text-out endpoint.</summary>
    Completion,

    Embedding,
}
