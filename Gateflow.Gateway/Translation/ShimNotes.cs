namespace Gateflow.Gateway.Translation;

/// <summary>What was changed in a request so that its model takes it, in the order of the changes; the value of <c>x-gateflow-shims</c>.</summary>
internal sealed class ShimNotes
{
    private readonly List<string> _notes = [];

    public bool IsEmpty => _notes.Count == 0;

    public IReadOnlyList<string> All => _notes;

    /// <summary>Left out, because the model's protocol has no word for it and answers are as useful without.</summary>
    public void Dropped(string param) => Add($"{param}:dropped");

    /// <summary>Said by another name.</summary>
    public void Renamed(string param, string name) => Add($"{param}:renamed({name})");

    /// <summary>Brought into the model's range.</summary>
    public void Clamped(string param, string value) => Add($"{param}:clamped({value})");

    /// <summary>Given, because the model demands it.</summary>
    public void Defaulted(string param, string value) => Add($"{param}:defaulted({value})");

    /// <summary>Said in another way.</summary>
    public void Mapped(string param, string how) => Add($"{param}:mapped({how})");

    public override string ToString() => string.Join(", ", _notes);

    private void Add(string note)
    {
        if (!_notes.Contains(note, StringComparer.Ordinal))
        {
            _notes.Add(note);
        }
    }
}
