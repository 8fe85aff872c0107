namespace Gateflow.Benchmarks.MigrationsSim;

/// <summary>Quality scores: a beta distribution of a given mean and standard deviation, as a table of equally likely values.</summary>
internal sealed class ScoreTable
{
    private const int Size = 1 << 14, Fine = 1 << 18;

    private readonly float[] _values = new float[Size];

    public ScoreTable(double mean, double deviation)
    {
        var strength = (mean * (1 - mean) / (deviation * deviation)) - 1;
        double a = mean * strength, b = (1 - mean) * strength;

        // With t = (1 − x)^b the density is (1 − t^(1/b))^(a − 1), finite at both ends for a of at least 1.
        var total = Enumerable.Range(0, Fine).Sum(Density);
        double below = 0;
        for (int i = 0, filled = 0; i < Fine && filled < Size; i++)
        {
            below += Density(i);
            while (filled < Size && below >= (filled + 0.5) / Size * total)
            {
                _values[filled++] = (float)(1 - Math.Pow((i + 0.5) / Fine, 1 / b));
            }
        }

        double Density(int i) => Math.Pow(1 - Math.Pow((i + 0.5) / Fine, 1 / b), a - 1);
    }

    public double Mean => _values.Average(x => (double)x);

    public double Draw(Dice dice) => _values[(int)(dice.Next() >> 50)];
}
