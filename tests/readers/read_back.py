"""Reads a comparison's folder back as its users do: pandas, polars, and Stata's format.

    pip install pandas pyarrow polars pyreadstat
    yaosu compare tiny --format dta --out outputs && python tests/readers/read_back.py outputs/tiny-compare-*

Every cell of the Stata files must be that of the Parquet file; sums that must be exact are checked again.
"""

import sys

import numpy as np
import pandas as pd
import polars as pl
import pyreadstat


def same(parquet, stata, name):
    """Every column of `stata` holds what `parquet` holds; infinite numbers are missing in Stata."""
    assert list(parquet.columns) == list(stata.columns), name
    for column in parquet.columns:
        a, b = parquet[column], stata[column]
        if a.dtype.kind in "fi":
            a = a.astype(float).replace([np.inf, -np.inf], np.nan)
            assert np.array_equal(a, b.astype(float), equal_nan=True), (name, column)
        elif column != "quarter":
            assert (a == b.astype(str)).all(), (name, column)


def main(folder):
    for name in ["effects", "series"]:
        parquet = pd.read_parquet(f"{folder}/{name}.parquet")
        frame = pl.read_parquet(f"{folder}/{name}.parquet")
        assert frame.shape == parquet.shape
        for column in parquet.columns:
            a, b = parquet[column].to_numpy(), frame[column].cast(pl.String if frame[column].dtype == pl.Categorical else frame[column].dtype).to_numpy()
            if a.dtype.kind in "fi":
                assert np.array_equal(a, b, equal_nan=a.dtype.kind == "f"), (name, column)
            else:
                assert (a.astype(str) == b.astype(str)).all() or column == "quarter", (name, column)
        assert (pd.to_datetime(parquet["quarter"]).to_numpy() == frame["quarter"].to_numpy()).all(), name
        stata = pd.read_stata(f"{folder}/{name}.dta")
        same(parquet, stata, name)
        assert (pd.to_datetime(parquet["quarter"]) == stata["quarter"]).all(), name
        same(parquet, pyreadstat.read_dta(f"{folder}/{name}.dta", apply_value_formats=True)[0], name)
        print(f"{name}: {len(parquet)} rows, the same in pandas, polars and Stata's format")
    key = ["lever", "horizon_years"]
    horizons = pd.read_csv(f"{folder}/horizons.csv")
    gdp = horizons[(horizons.metric == "gdp_real") & (horizons.region == "total")].set_index(key).effect_pct
    channels = pd.read_csv(f"{folder}/channels.csv").groupby(key).value.sum()
    assert (channels - gdp).abs().max() < 1e-9
    shapley = pd.read_csv(f"{folder}/shapley.csv")
    table = shapley.pivot(index=["metric", "horizon_years"], columns="player", values="value")
    gap = table.drop(columns="package").sum(axis=1) - table["package"]
    assert (gap.abs() <= 1e-9 * table["package"].abs().clip(lower=1)).all()
    print("channels and Shapley values add up")


if __name__ == "__main__":
    main(sys.argv[1])
