namespace Gateflow.Dashboard.Shell;

/// <summary>What the demo ribbon needs to know. Not registered: no ribbon.</summary>
public interface IDemoData
{
    /// <summary>Raised on any thread when <see cref="Shown"/> may have changed.</summary>
    event Action? Changed;

    /// <summary>True while demo data is among what the pages show.</summary>
    bool Shown { get; }

    /// <summary>Removes all demo data.</summary>
    Task ClearAsync(CancellationToken cancellation);
}
