namespace Gateflow.Dashboard.Parts;

/// <summary>A filter that is typed and stands in the page's address too. The addresses of earlier letters come back late: they must not overtake what is typed meanwhile.</summary>
public sealed class FilterText
{
    private readonly List<string> _sent = [];
    private string _address = "";

    public string Text { get; private set; } = "";

    /// <summary>Takes what was typed; the page then goes to the address of it, without blanks around.</summary>
    public void Type(string? text)
    {
        Text = text ?? "";
        _sent.Add(Text.Trim());
    }

    /// <summary>Takes what stands in the address now, unless typing brought it there.</summary>
    public void Follow(string? address)
    {
        address ??= "";
        if (address == _address)
        {
            return;
        }

        _address = address;
        var own = _sent.IndexOf(address);
        if (own < 0)
        {
            Text = address;
        }

        _sent.RemoveRange(0, own < 0 ? _sent.Count : own + 1);
    }
}
