namespace Gateflow.Core.Rollout;

/// <summary>
/// Share of the last 50 target outcomes that are nobody's evidence because the source failed or was refused alike: when it is large,
/// the failures of the target that do count say little, and no step is taken.
/// </summary>
internal sealed class OutageWindow
{
    private const int Size = 50, Fewest = 3;
    private const double MostShare = 0.1;

    private readonly ShareWindow _window = new(Size);

    public bool Holds => _window.Yes >= Fewest && _window.Yes > MostShare * _window.Count;

    public void Add(OutcomeKind kind) =>
        _window.Add(kind is OutcomeKind.OutageBoth or OutcomeKind.ClientFault or OutcomeKind.RateLimited or OutcomeKind.Policy);

    public ShareState Save() => _window.Save();

    public void Restore(ShareState state) => _window.Restore(state);
}
